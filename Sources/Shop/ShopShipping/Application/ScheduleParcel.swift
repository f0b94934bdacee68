internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Books the carrier for an order, once, and sets the time at which it comes.
struct ScheduleParcel: Sendable {
    private let world: World
    private let outbox: Outbox
    private let dispatchDelay: Duration
    private let bookings = BookingTable()

    /// - Parameter dispatchDelay: from the booking to the carrier's coming.
    init(world: World, outbox: Outbox, dispatchDelay: Duration) {
        self.world = world
        self.outbox = outbox
        self.dispatchDelay = dispatchDelay
    }

    /// - Returns: `ShippingScheduled` or `ShippingFailed`; for a repeated command the stored outcome's.
    func callAsFunction(
        _ command: ScheduleShipping, cause: Cause, at now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing] {
        let orderID = OrderID(unchecked: command.orderID)
        guard DemoCarrier.serves(country: command.address.country) else {
            let isNew = try bookings.refuse(
                orderID, reason: Refusal.addressNotServed.rawValue, at: now, in: transaction)
            guard isNew else { return [try storedReply(orderID, in: transaction)] }
            return [try ShippingReplies.failed(orderID, reason: Refusal.addressNotServed.rawValue)]
        }
        let id: ShipmentID = world.ids.make()
        let shipment = Shipment(
            id: id, orderID: orderID, userID: UserID(unchecked: command.userID), status: .scheduled,
            trackingCode: DemoCarrier.trackingCode(from: id.text), carrier: DemoCarrier.name,
            events: [Shipment.Event(status: .scheduled, at: now)])
        guard try bookings.add(shipment, at: now, in: transaction) else {
            return [try storedReply(orderID, in: transaction)]
        }
        // The timer is Shipping's own business, so it carries no saga's mark.
        try outbox.schedule(
            try Outgoing(DispatchDue(orderID: orderID), subject: orderID.text, saga: ""), at: now + dispatchDelay,
            name: DispatchDue.timerName(orderID), cause: cause, in: transaction)
        return [try ShippingReplies.scheduled(shipment)]
    }

    /// The command came before, or its undoing was faster.
    private func storedReply(_ orderID: OrderID, in transaction: Transaction) throws -> Outgoing {
        switch try bookings.booking(of: orderID, in: transaction) {
        case .shipment(let shipment) where shipment.status != .cancelled:
            return try ShippingReplies.scheduled(shipment)
        case .shipment, .givenUp:
            return try ShippingReplies.failed(orderID, reason: Refusal.cancelled.rawValue)
        case .refused(let reason):
            return try ShippingReplies.failed(orderID, reason: reason)
        case nil:
            throw ServiceError(
                .internal, "booking-lost", "The order \(orderID) is decided, but its booking cannot be found.")
        }
    }
}
