internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Carts in the relational database.
struct SQLCartStore: CartStore {
    private static let find: SQL = "SELECT id, user_id, merged_into FROM carts WHERE id = ?1"
    private static let findOwned: SQL = "SELECT id, user_id, merged_into FROM carts WHERE user_id = ?1"
    private static let untouched: SQL =
        "SELECT id, user_id, merged_into FROM carts WHERE touched_at < ?1 ORDER BY touched_at, id LIMIT ?2"
    private static let lines: SQL = """
        SELECT product_id, name, quantity, price, currency, in_stock FROM cart_lines WHERE cart_id = ?1
        ORDER BY position
        """
    private static let touch: SQL = """
        INSERT INTO carts (id, user_id, merged_into, created_at, touched_at) VALUES (?1, ?2, ?3, ?4, ?4)
        ON CONFLICT (id) DO UPDATE SET merged_into = excluded.merged_into, touched_at = excluded.touched_at
        """
    private static let clear: SQL = "DELETE FROM cart_lines WHERE cart_id = ?1"
    private static let addLine: SQL = """
        INSERT INTO cart_lines (cart_id, position, product_id, name, quantity, price, currency, in_stock)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """
    private static let delete: SQL = "DELETE FROM carts WHERE id = ?1"

    func find(_ id: CartID, in transaction: Transaction) throws -> Cart? {
        try transaction.first(Self.find, id.text, row: Self.head).map { try withLines($0, in: transaction) }
    }

    func find(ownedBy user: UserID, in transaction: Transaction) throws -> Cart? {
        try transaction.first(Self.findOwned, user.text, row: Self.head).map { try withLines($0, in: transaction) }
    }

    func save(_ cart: Cart, touchedAt now: Timestamp?, in transaction: Transaction) throws {
        if let now {
            try transaction.execute(Self.touch, cart.id.text, cart.owner?.text, cart.mergedInto?.text, now)
        }
        try transaction.execute(Self.clear, cart.id.text)
        for (position, line) in cart.lines.enumerated() {
            try transaction.execute(
                Self.addLine, cart.id.text, position, line.productID.text, line.name, line.quantity,
                line.unitPrice.amount, line.unitPrice.currency, line.isInStock)
        }
    }

    func delete(_ id: CartID, in transaction: Transaction) throws {
        try transaction.execute(Self.clear, id.text)
        try transaction.execute(Self.delete, id.text)
    }

    func untouched(since time: Timestamp, limit: Int, in transaction: Transaction) throws -> [Cart] {
        try transaction.query(Self.untouched, time, limit, row: Self.head).map { try withLines($0, in: transaction) }
    }

    private static func head(_ row: Row) -> Cart {
        var cart = Cart(
            id: CartID(unchecked: row.text(0)), owner: row.optionalText(1).map(UserID.init(unchecked:)))
        cart.mergedInto = row.optionalText(2).map(UserID.init(unchecked:))
        return cart
    }

    private func withLines(_ head: Cart, in transaction: Transaction) throws -> Cart {
        var cart = head
        cart.lines = try transaction.query(Self.lines, cart.id.text) { row in
            Cart.Line(
                productID: ProductID(unchecked: row.text(0)), name: row.text(1), quantity: row.int(2),
                unitPrice: Money(amount: row.int64(3), currency: row.text(4)), isInStock: row.bool(5))
        }
        return cart
    }
}
