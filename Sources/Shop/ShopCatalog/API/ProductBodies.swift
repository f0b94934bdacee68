internal import FlotillaCore
internal import FlotillaHTTP
internal import ShopContracts

/// One product, as clients see it.
struct ProductAnswer: ResponseBody {
    let product: Product

    static var example: ProductAnswer { ProductAnswer(product: .example) }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", product.id)
            json.field("productGroup", product.group)
            json.field("name", product.name)
            json.field("description", product.details)
            json.field("category", product.category)
            json.field("price", product.price)
            json.object("attributes") { json in
                for attribute in product.attributes { json.field(attribute.name, attribute.value) }
            }
            json.field("images", product.images)
            json.field("rating", product.rating.stars)
            json.field("reviewCount", product.rating.reviewCount)
            json.field("inStock", product.isInStock)
        }
    }
}

/// One page of products, with what there is besides.
struct ProductListAnswer: ResponseBody {
    let page: ProductPage

    static var example: ProductListAnswer {
        let id = ProductID(unchecked: "prod-0001")
        return ProductListAnswer(
            page: ProductPage(
                products: [.example], next: PageCursor(key: .number(8_900), id: id, fingerprint: 17), total: 240,
                categories: [.init(category: "lighting", count: 24)], correctedText: "lantern"))
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("items", page.products.map(ProductAnswer.init))
            json.field("nextCursor", page.next?.text)
            json.object("facets") { json in
                json.array("category", page.categories) { json, facet in
                    json.field("value", facet.category)
                    json.field("count", facet.count)
                }
            }
            json.field("total", page.total)
            json.optionalField("correctedQuery", page.correctedText)
            json.optionalField("degraded", page.isWithoutSearch ? "search-unavailable" : nil)
        }
    }
}

/// Completions of what is being typed.
struct SuggestionsAnswer: ResponseBody {
    /// Nil while the index of words cannot be asked.
    let suggestions: [String]?

    static var example: SuggestionsAnswer { SuggestionsAnswer(suggestions: ["Harbour Reading Lamp, Brass"]) }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("suggestions", suggestions ?? [])
            json.optionalField("degraded", suggestions == nil ? "search-unavailable" : nil)
        }
    }
}

extension Product {
    fileprivate static var example: Product {
        Product(
            id: ProductID(unchecked: "prod-0001"), group: "group-01", name: "Harbour Reading Lamp, Brass",
            details: "Throws its light on the page and leaves the room alone.", category: "lighting",
            price: Money(amount: 8_900, currency: "USD"), attributes: [Attribute(name: "material", value: "brass")],
            images: ["/api/v1/products/prod-0001/picture"], rating: Rating(hundredths: 460, reviewCount: 31),
            isInStock: true)
    }
}
