internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// What is kept for which order.
struct ReservationTable: Sendable {
    private static let open: SQL = """
        INSERT INTO reservations (order_id, state, reason, product_id, created_at, changed_at)
        VALUES (?1, ?2, ?3, '', ?4, ?4) ON CONFLICT (order_id) DO NOTHING
        """
    private static let find: SQL = "SELECT state, reason, product_id FROM reservations WHERE order_id = ?1"
    private static let settle: SQL =
        "UPDATE reservations SET state = ?2, reason = ?3, product_id = ?4, changed_at = ?5 WHERE order_id = ?1"
    private static let addLine: SQL =
        "INSERT INTO reservation_lines (order_id, product_id, warehouse, quantity) VALUES (?1, ?2, ?3, ?4)"
    private static let lines: SQL =
        "SELECT product_id, quantity FROM reservation_lines WHERE order_id = ?1 ORDER BY product_id, warehouse"
    private static let orphans: SQL = """
        SELECT order_id FROM reservations WHERE state = 'reserved' AND created_at < ?1
        ORDER BY created_at LIMIT ?2
        """

    /// Claims the order: the first decision about it is made by whoever gets true.
    ///
    /// - Returns: false when the order is decided already; then nothing changed.
    func open(
        _ orderID: OrderID, _ state: Reservation.State, reason: String = "", at now: Timestamp,
        in transaction: Transaction
    ) throws -> Bool {
        try transaction.execute(Self.open, orderID.text, state.rawValue, reason, now) > 0
    }

    func find(_ orderID: OrderID, in transaction: Transaction) throws -> Reservation? {
        try transaction.first(Self.find, orderID.text) { row in
            let text = row.text(0)
            guard let state = Reservation.State(rawValue: text) else {
                throw ServiceError(
                    .internal, "reservation-state",
                    "The reservation of \(orderID) is '\(text)', which this version does not know; use a newer one.")
            }
            return Reservation(orderID: orderID, state: state, reason: row.text(1), productID: row.text(2))
        }
    }

    /// Changes what becomes of an order that is decided.
    func settle(
        _ orderID: OrderID, _ state: Reservation.State, reason: String = "", productID: String = "",
        at now: Timestamp, in transaction: Transaction
    ) throws {
        try transaction.execute(Self.settle, orderID.text, state.rawValue, reason, productID, now)
    }

    func add(_ lines: [StockLine], to orderID: OrderID, in transaction: Transaction) throws {
        for line in lines {
            try transaction.execute(
                Self.addLine, orderID.text, line.productID.text, StockTable.warehouse, line.quantity)
        }
    }

    /// What is or was kept for the order, in the order of product IDs.
    func lines(of orderID: OrderID, in transaction: Transaction) throws -> [StockLine] {
        try transaction.query(Self.lines, orderID.text) { row in
            StockLine(productID: ProductID(unchecked: row.text(0)), quantity: row.int(1))
        }
    }

    /// Orders whose items have been kept since before `time`, oldest first.
    func orphans(before time: Timestamp, limit: Int, in transaction: Transaction) throws -> [OrderID] {
        try transaction.query(Self.orphans, time, limit) { OrderID(unchecked: $0.text(0)) }
    }
}
