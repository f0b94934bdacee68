internal import FlotillaCore
internal import FlotillaHTTP
internal import ShopContracts

/// The query of `GET /products`.
struct ProductQueryInput: RequestInput {
    private static let prices: ClosedRange<Int64> = 0...1_000_000_000_000

    let query: ProductQuery
    let cursor: String?

    init(from fields: inout FieldReader) {
        let text = fields.optionalString("q", length: 0...100)
        query = ProductQuery(
            text: text.flatMap { $0.isEmpty ? nil : $0 },
            category: fields.optionalString("category", length: 1...64),
            minPrice: fields.optionalInt64("minPrice", in: Self.prices),
            maxPrice: fields.optionalInt64("maxPrice", in: Self.prices),
            minRating: fields.optionalDouble("minRating", in: 0...5).map { Int(($0 * 100).rounded(.up)) },
            isInStock: fields.optionalBool("inStock"),
            sort: fields.optionalValue("sort") ?? .relevance,
            limit: fields.optionalInt("limit", in: 1...ProductQuery.limitMax) ?? ProductQuery.limitDefault)
        cursor = fields.optionalString("cursor", length: 1...PageCursor.textLengthMax, .identifier)
        if let low = query.minPrice, let high = query.maxPrice, low > high {
            fields.fail("minPrice", "must not be above maxPrice")
        }
    }

    /// The query with the place its cursor names.
    ///
    /// - Throws: `invalid-input` when the cursor is none, or of another query.
    func resolved() throws(ServiceError) -> ProductQuery {
        guard let cursor else { return query }
        guard let place = PageCursor(cursor, for: query) else {
            throw .invalid(
                field: "cursor", "must be the nextCursor of an answer to the same query; leave it out to begin anew")
        }
        var query = query
        query.after = place
        return query
    }
}

/// The query of `GET /products/suggest`.
struct SuggestInput: RequestInput {
    let text: String

    init(from fields: inout FieldReader) { text = fields.string("q", length: 1...100) }
}

/// The body of `PUT /products/{id}`.
struct PutProductBody: RequestInput {
    let group: String?
    let name: String
    let details: String
    let category: String
    let price: Money
    let attributes: [Product.Attribute]
    let images: [String]

    init(from fields: inout FieldReader) {
        group = fields.optionalString("productGroup", length: 1...64, .identifier)
        name = fields.string("name", length: 1...120)
        details = fields.string("description", length: 1...4_000, .lines)
        category = fields.string("category", length: 1...64, .identifier)
        price = fields.money("price", amount: 0...100_000_000, currencies: ["USD"])
        let pairs = fields.optionalTexts("attributes", count: 0...32, length: 1...120) ?? []
        attributes = pairs.map { Product.Attribute(name: $0.name, value: $0.value) }
        images = fields.optionalStrings("images", count: 0...16, length: 1...500, .visible) ?? []
    }

    func product(_ id: ProductID) -> Product {
        Product(
            id: id, group: group ?? id.text, name: name, details: details, category: category, price: price,
            attributes: attributes, images: images.isEmpty ? [Product.drawnPicture(of: id)] : images)
    }
}
