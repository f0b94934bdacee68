internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// The stock, one row per product and warehouse. Every change is one statement that checks and acts at once.
///
/// There is one warehouse for now; the column is in the key so that more can come without a new shape.
struct StockTable: Sendable {
    static let warehouse = "default"

    private static let take: SQL = """
        UPDATE stock SET reserved = reserved + ?3
        WHERE product_id = ?1 AND warehouse = ?2 AND on_hand - reserved >= ?3
        RETURNING on_hand - reserved
        """
    private static let unreserve: SQL = """
        UPDATE stock SET reserved = reserved - ?3 WHERE product_id = ?1 AND warehouse = ?2
        RETURNING on_hand - reserved
        """
    private static let commit: SQL = """
        UPDATE stock SET on_hand = on_hand - ?3, reserved = reserved - ?3 WHERE product_id = ?1 AND warehouse = ?2
        RETURNING on_hand - reserved
        """
    private static let restock: SQL = """
        UPDATE stock SET on_hand = on_hand + ?3 WHERE product_id = ?1 AND warehouse = ?2
        RETURNING on_hand - reserved
        """
    private static let exists: SQL = "SELECT 1 FROM stock WHERE product_id = ?1 LIMIT 1"
    private static let total: SQL =
        "SELECT SUM(on_hand), SUM(reserved) FROM stock WHERE product_id = ?1 GROUP BY product_id"
    private static let one: SQL = "SELECT on_hand, reserved FROM stock WHERE product_id = ?1 AND warehouse = ?2"
    private static let open: SQL = """
        INSERT INTO stock (product_id, warehouse, on_hand, reserved, counted_at) VALUES (?1, ?2, ?3, 0, ?4)
        ON CONFLICT (product_id, warehouse) DO NOTHING
        """
    private static let count: SQL =
        "UPDATE stock SET on_hand = ?3, counted_at = ?4 WHERE product_id = ?1 AND warehouse = ?2"

    /// Keeps the line's pieces, if there are that many.
    ///
    /// - Returns: the movement; nil when there are fewer, or the product is not known.
    func take(_ line: StockLine, in transaction: Transaction) throws -> StockMovement? {
        let left = try transaction.first(Self.take, line.productID.text, Self.warehouse, line.quantity) { $0.int(0) }
        return left.map { after in
            StockMovement(productID: line.productID, before: after + line.quantity, after: after)
        }
    }

    /// Lets kept pieces be sold again.
    func unreserve(_ line: StockLine, in transaction: Transaction) throws -> StockMovement {
        try change(Self.unreserve, line, adding: line.quantity, in: transaction)
    }

    /// Kept pieces leave the stock; what can be sold stays the same.
    func commit(_ line: StockLine, in transaction: Transaction) throws {
        _ = try change(Self.commit, line, adding: 0, in: transaction)
    }

    /// Pieces that had left are back.
    func restock(_ line: StockLine, in transaction: Transaction) throws -> StockMovement {
        try change(Self.restock, line, adding: line.quantity, in: transaction)
    }

    func knows(_ productID: ProductID, in transaction: Transaction) throws -> Bool {
        try transaction.exists(Self.exists, productID.text)
    }

    /// The stock over all warehouses; nil when the product is not known.
    func total(of productID: ProductID, in transaction: Transaction) throws -> ProductStock? {
        try transaction.first(Self.total, productID.text) { row in
            ProductStock(productID: productID, onHand: row.int(0), reserved: row.int(1))
        }
    }

    /// The stock of the default warehouse; nil when the product is not known there.
    func level(of productID: ProductID, in transaction: Transaction) throws -> ProductStock? {
        try transaction.first(Self.one, productID.text, Self.warehouse) { row in
            ProductStock(productID: productID, onHand: row.int(0), reserved: row.int(1))
        }
    }

    /// Puts a new product into the default warehouse.
    ///
    /// - Returns: false when it is there already; then nothing changed.
    func open(_ productID: ProductID, onHand: Int, at now: Timestamp, in transaction: Transaction) throws -> Bool {
        try transaction.execute(Self.open, productID.text, Self.warehouse, onHand, now) > 0
    }

    /// Writes down what was counted in the default warehouse; the caller has seen that it covers what is reserved.
    func setCounted(_ productID: ProductID, onHand: Int, at now: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(Self.count, productID.text, Self.warehouse, onHand, now)
    }

    private func change(
        _ sql: SQL, _ line: StockLine, adding added: Int, in transaction: Transaction
    ) throws -> StockMovement {
        let available = try transaction.first(sql, line.productID.text, Self.warehouse, line.quantity) { $0.int(0) }
        guard let available else {
            // Rows of stock are never deleted, so a reserved product has one; without it the books are wrong.
            throw ServiceError(
                .internal, "stock-missing",
                "\(line.quantity) of \(line.productID) are on an order, but the product has no stock row; "
                    + "restore it with PUT /api/v1/inventory/\(line.productID), then replay the message.")
        }
        return StockMovement(productID: line.productID, before: available - added, after: available)
    }
}
