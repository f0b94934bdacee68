internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// What is kept for an order is paid and leaves the stock for good.
struct CommitStock: Sendable {
    private let stock = StockTable()
    private let reservations = ReservationTable()

    /// - Returns: `ItemsCommitted`; `ReservationFailed` when nothing is kept for the order, with the reason
    ///   why not: `not-reserved`, `released`, or why the reservation failed.
    func callAsFunction(_ command: CommitItems, at now: Timestamp, in transaction: Transaction) throws -> [Outgoing] {
        let orderID = OrderID(unchecked: command.orderID)
        guard let reservation = try reservations.find(orderID, in: transaction) else {
            return [try Replies.failed(orderID, reason: Refusal.notReserved.rawValue)]
        }
        switch reservation.state {
        case .reserved:
            for line in try reservations.lines(of: orderID, in: transaction) {
                try stock.commit(line, in: transaction)
            }
            try reservations.settle(orderID, .committed, at: now, in: transaction)
        case .committed: break
        case .released: return [try Replies.failed(orderID, reason: Refusal.released.rawValue)]
        case .failed:
            return [try Replies.failed(orderID, reason: reservation.reason, productID: reservation.productID)]
        }
        return [try Outgoing(ItemsCommitted { $0.orderID = orderID.text }, subject: orderID.text)]
    }
}
