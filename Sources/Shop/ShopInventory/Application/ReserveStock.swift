internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Keeps items for an order: all of its lines or none.
///
/// The hot path is one insert for the order, and for each line one update that checks and takes at
/// once, and one insert. A line that cannot be had gives back what the lines before it took: that is
/// cheaper than looking at all of them first, since most orders can be had.
struct ReserveStock: Sendable {
    private let stock = StockTable()
    private let reservations = ReservationTable()
    private let events: StockEvents

    init(events: StockEvents) { self.events = events }

    /// - Returns: the reply, `ItemsReserved` or `ReservationFailed`, and what has to be told about the stock.
    func callAsFunction(_ command: ReserveItems, at now: Timestamp, in transaction: Transaction) throws -> [Outgoing] {
        let orderID = OrderID(unchecked: command.orderID)
        guard try reservations.open(orderID, .reserved, at: now, in: transaction) else {
            return [try storedReply(orderID, in: transaction)]
        }
        guard let lines = StockLine.merged(command.lines) else {
            return [try refuse(orderID, .invalidLines, productID: "", at: now, in: transaction)]
        }
        var movements: [StockMovement] = []
        for line in lines {
            guard let movement = try stock.take(line, in: transaction) else {
                for taken in lines.prefix(movements.count) { _ = try stock.unreserve(taken, in: transaction) }
                let isKnown = try stock.knows(line.productID, in: transaction)
                let refusal = isKnown ? Refusal.soldOut : .unknownProduct
                return [try refuse(orderID, refusal, productID: line.productID.text, at: now, in: transaction)]
            }
            movements.append(movement)
        }
        try reservations.add(lines, to: orderID, in: transaction)
        return [try reserved(orderID, lines)] + (try events.messages(movements))
    }

    private func refuse(
        _ orderID: OrderID, _ refusal: Refusal, productID: String, at now: Timestamp, in transaction: Transaction
    ) throws -> Outgoing {
        try reservations.settle(
            orderID, .failed, reason: refusal.rawValue, productID: productID, at: now, in: transaction)
        return try Replies.failed(orderID, reason: refusal.rawValue, productID: productID)
    }

    /// The command came before, or its undoing was faster.
    private func storedReply(_ orderID: OrderID, in transaction: Transaction) throws -> Outgoing {
        guard let reservation = try reservations.find(orderID, in: transaction) else {
            throw ServiceError(
                .internal, "reservation-lost", "The order \(orderID) is decided, but its reservation cannot be found.")
        }
        switch reservation.state {
        case .reserved, .committed:
            return try reserved(orderID, try reservations.lines(of: orderID, in: transaction))
        case .released:
            return try Replies.failed(orderID, reason: Refusal.released.rawValue)
        case .failed:
            return try Replies.failed(orderID, reason: reservation.reason, productID: reservation.productID)
        }
    }

    private func reserved(_ orderID: OrderID, _ lines: [StockLine]) throws -> Outgoing {
        let event = ItemsReserved {
            $0.orderID = orderID.text
            $0.lines = lines.map(\.item)
        }
        return try Outgoing(event, subject: orderID.text)
    }
}
