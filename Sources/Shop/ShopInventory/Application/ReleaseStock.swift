internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Gives back what is kept for an order, or what has left for it.
///
/// An order Inventory has not heard of is marked as released, so that a reserve command that comes
/// late keeps nothing.
struct ReleaseStock: Sendable {
    private let stock = StockTable()
    private let reservations = ReservationTable()
    private let events: StockEvents

    init(events: StockEvents) { self.events = events }

    /// - Returns: `ItemsReleased`, always, and what has to be told about the stock.
    func callAsFunction(_ command: ReleaseItems, at now: Timestamp, in transaction: Transaction) throws -> [Outgoing] {
        let orderID = OrderID(unchecked: command.orderID)
        let isUnheardOf = try reservations.open(
            orderID, .released, reason: command.reason, at: now, in: transaction)
        guard !isUnheardOf, let reservation = try reservations.find(orderID, in: transaction) else {
            return [try Replies.released(orderID)]
        }
        return try undo(reservation, reason: command.reason, at: now, in: transaction)
    }

    /// Releases an order nobody has settled, if it is still kept.
    ///
    /// - Returns: nothing when it was settled meanwhile.
    func orphan(_ orderID: OrderID, at now: Timestamp, in transaction: Transaction) throws -> [Outgoing] {
        guard let reservation = try reservations.find(orderID, in: transaction), reservation.state == .reserved else {
            return []
        }
        return try undo(reservation, reason: "orphaned", at: now, in: transaction)
    }

    private func undo(
        _ reservation: Reservation, reason: String, at now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing] {
        let orderID = reservation.orderID
        var movements: [StockMovement] = []
        switch reservation.undoing {
        case .nothing: return [try Replies.released(orderID)]
        case .unreserve:
            for line in try reservations.lines(of: orderID, in: transaction) {
                movements.append(try stock.unreserve(line, in: transaction))
            }
        case .restock:
            for line in try reservations.lines(of: orderID, in: transaction) {
                movements.append(try stock.restock(line, in: transaction))
            }
        }
        try reservations.settle(orderID, .released, reason: reason, at: now, in: transaction)
        return [try Replies.released(orderID)] + (try events.messages(movements))
    }
}
