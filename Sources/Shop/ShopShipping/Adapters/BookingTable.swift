internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// What Shipping has decided per order, and the parcels on their way.
struct BookingTable: Sendable {
    private static let insert: SQL = """
        INSERT INTO bookings
            (order_id, outcome, reason, shipment_id, user_id, status, tracking_code, carrier, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (order_id) DO NOTHING
        """
    private static let byOrder: SQL = """
        SELECT order_id, outcome, reason, shipment_id, user_id, status, tracking_code, carrier
        FROM bookings WHERE order_id = ?1
        """
    private static let byShipment: SQL = """
        SELECT order_id, outcome, reason, shipment_id, user_id, status, tracking_code, carrier
        FROM bookings WHERE shipment_id = ?1
        """
    private static let setStatus: SQL = "UPDATE bookings SET status = ?2 WHERE order_id = ?1"
    private static let addEvent: SQL = """
        INSERT INTO shipment_events (order_id, status, at, position)
        VALUES (?1, ?2, ?3, (SELECT COUNT(*) FROM shipment_events WHERE order_id = ?1))
        """
    private static let events: SQL = "SELECT status, at FROM shipment_events WHERE order_id = ?1 ORDER BY position"

    private enum Outcome: String {
        case shipment
        case refused
        case givenUp = "given-up"
    }

    /// Books a parcel, if the order is not decided yet.
    ///
    /// - Returns: false when it is; then nothing changed.
    func add(_ shipment: Shipment, at now: Timestamp, in transaction: Transaction) throws -> Bool {
        let isNew = try transaction.execute(
            Self.insert, shipment.orderID.text, Outcome.shipment.rawValue, "", shipment.id.text, shipment.userID.text,
            shipment.status.rawValue, shipment.trackingCode, shipment.carrier, now) > 0
        if isNew { try transaction.execute(Self.addEvent, shipment.orderID.text, shipment.status.rawValue, now) }
        return isNew
    }

    /// Writes down that no carrier takes the order's parcel, if the order is not decided yet.
    func refuse(_ orderID: OrderID, reason: String, at now: Timestamp, in transaction: Transaction) throws -> Bool {
        try settle(orderID, .refused, reason: reason, at: now, in: transaction)
    }

    /// Writes down that the order is off, if it is not decided yet.
    func giveUp(_ orderID: OrderID, reason: String, at now: Timestamp, in transaction: Transaction) throws -> Bool {
        try settle(orderID, .givenUp, reason: reason, at: now, in: transaction)
    }

    /// What was decided about an order; nil when nothing was.
    func booking(of orderID: OrderID, in transaction: Transaction) throws -> Booking? {
        try transaction.first(Self.byOrder, orderID.text, row: RawBooking.init).map { raw in
            switch Outcome(rawValue: raw.outcome) {
            case .shipment: .shipment(try shipment(raw, in: transaction))
            case .refused: .refused(reason: raw.reason)
            case .givenUp: .givenUp
            case nil: throw Self.unknown(raw.outcome, raw.orderID)
            }
        }
    }

    func shipment(_ id: ShipmentID, in transaction: Transaction) throws -> Shipment? {
        try transaction.first(Self.byShipment, id.text, row: RawBooking.init).map { try shipment($0, in: transaction) }
    }

    /// The parcel goes on to `status`.
    func advance(
        _ orderID: OrderID, to status: Shipment.Status, at now: Timestamp, in transaction: Transaction
    ) throws {
        try transaction.execute(Self.setStatus, orderID.text, status.rawValue)
        try transaction.execute(Self.addEvent, orderID.text, status.rawValue, now)
    }

    private func settle(
        _ orderID: OrderID, _ outcome: Outcome, reason: String, at now: Timestamp, in transaction: Transaction
    ) throws -> Bool {
        let noID: String? = nil
        return try transaction.execute(
            Self.insert, orderID.text, outcome.rawValue, reason, noID, "", "", "", "", now) > 0
    }

    private struct RawBooking {
        var orderID: String
        var outcome: String
        var reason: String
        var shipmentID: String
        var userID: String
        var status: String
        var trackingCode: String
        var carrier: String

        init(_ row: Row) {
            orderID = row.text(0)
            outcome = row.text(1)
            reason = row.text(2)
            shipmentID = row.text(3)
            userID = row.text(4)
            status = row.text(5)
            trackingCode = row.text(6)
            carrier = row.text(7)
        }
    }

    private func shipment(_ raw: RawBooking, in transaction: Transaction) throws -> Shipment {
        let events = try transaction.query(Self.events, raw.orderID) { row in
            Shipment.Event(status: try Self.status(row.text(0), raw.orderID), at: row.timestamp(1))
        }
        return Shipment(
            id: ShipmentID(unchecked: raw.shipmentID), orderID: OrderID(unchecked: raw.orderID),
            userID: UserID(unchecked: raw.userID), status: try Self.status(raw.status, raw.orderID),
            trackingCode: raw.trackingCode, carrier: raw.carrier, events: events)
    }

    private static func status(_ text: String, _ orderID: String) throws -> Shipment.Status {
        guard let status = Shipment.Status(rawValue: text) else { throw unknown(text, orderID) }
        return status
    }

    private static func unknown(_ text: String, _ orderID: String) -> ServiceError {
        ServiceError(
            .internal, "booking-state",
            "The booking of \(orderID) is '\(text)', which this version does not know; use a newer one.")
    }
}
