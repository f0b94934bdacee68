internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaStorage
internal import ShopContracts

/// Products in the relational database.
struct SQLProductStore: ProductStore {
    private static let find: SQL = """
        SELECT id, product_group, name, details, category, price, currency, attributes, images, rating, review_count,
               in_stock
        FROM products WHERE id = ?1
        """
    private static let add: SQL = """
        INSERT INTO products (id, product_group, name, name_key, details, category, price, currency, attributes,
                              images, rating, review_count, in_stock, created_at, changed_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
                COALESCE((SELECT in_stock FROM stock_badges WHERE product_id = ?1), ?13), ?14, ?14)
        ON CONFLICT (id) DO NOTHING
        """
    private static let update: SQL = """
        UPDATE products SET product_group = ?2, name = ?3, name_key = ?4, details = ?5, category = ?6, price = ?7,
                            currency = ?8, attributes = ?9, images = ?10, changed_at = ?11
        WHERE id = ?1
        """
    private static let setBadge: SQL = """
        INSERT INTO stock_badges (product_id, in_stock) VALUES (?1, ?2)
        ON CONFLICT (product_id) DO UPDATE SET in_stock = excluded.in_stock
        """
    private static let setStock: SQL = "UPDATE products SET in_stock = ?2 WHERE id = ?1"

    func find(_ id: ProductID, in transaction: Transaction) throws -> Product? {
        try transaction.first(Self.find, id.text) { try Product($0) }
    }

    func add(_ product: Product, at now: Timestamp, in transaction: Transaction) throws -> Bool {
        try transaction.execute(
            Self.add, product.id.text, product.group, product.name, product.name.lowercased(), product.details,
            product.category, product.price.amount, product.price.currency, product.attributesColumn,
            product.imagesColumn, product.rating.hundredths, product.rating.reviewCount, product.isInStock, now) > 0
    }

    func update(_ product: Product, at now: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            Self.update, product.id.text, product.group, product.name, product.name.lowercased(), product.details,
            product.category, product.price.amount, product.price.currency, product.attributesColumn,
            product.imagesColumn, now)
    }

    func setStock(_ id: ProductID, isInStock: Bool, in transaction: Transaction) throws {
        try transaction.execute(Self.setBadge, id.text, isInStock)
        try transaction.execute(Self.setStock, id.text, isInStock)
    }
}

extension Product {
    /// Reads the columns `id, product_group, name, details, category, price, currency, attributes, images, rating,
    /// review_count, in_stock`.
    init(_ row: Row) throws {
        let attributes = try JSONValue(parsing: Array(row.text(7).utf8)).object?.members ?? []
        let images = try JSONValue(parsing: Array(row.text(8).utf8)).array ?? []
        self.init(
            id: ProductID(unchecked: row.text(0)), group: row.text(1), name: row.text(2), details: row.text(3),
            category: row.text(4), price: Money(amount: row.int64(5), currency: row.text(6)),
            attributes: attributes.map { Attribute(name: $0.name, value: $0.value.string ?? "") },
            images: images.compactMap(\.string),
            rating: Rating(hundredths: row.int(9), reviewCount: row.int(10)), isInStock: row.bool(11))
    }

    fileprivate var attributesColumn: String {
        var json = JSONWriter()
        json.object { json in for attribute in attributes { json.field(attribute.name, attribute.value) } }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    fileprivate var imagesColumn: String { String(decoding: images.jsonBytes(), as: UTF8.self) }
}
