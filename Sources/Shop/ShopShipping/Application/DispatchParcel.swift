internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// The carrier fetches a parcel; from now on it cannot be stopped.
struct DispatchParcel: Sendable {
    private let outbox: Outbox
    private let deliveryDelay: Duration
    private let bookings = BookingTable()

    /// - Parameter deliveryDelay: from the dispatch to the customer's door.
    init(outbox: Outbox, deliveryDelay: Duration) {
        self.outbox = outbox
        self.deliveryDelay = deliveryDelay
    }

    /// - Returns: `ShipmentDispatched`; nothing when the parcel does not wait for it (any more).
    func callAsFunction(
        _ timer: DispatchDue, cause: Cause, at now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing] {
        let orderID = timer.orderID
        guard case .shipment(let shipment) = try bookings.booking(of: orderID, in: transaction),
            shipment.isWaiting
        else { return [] }
        try bookings.advance(orderID, to: .dispatched, at: now, in: transaction)
        try outbox.schedule(
            try Outgoing(DeliveryDue(orderID: orderID), subject: orderID.text, saga: ""), at: now + deliveryDelay,
            name: DeliveryDue.timerName(orderID), cause: cause, in: transaction)
        let event = ShipmentDispatched {
            $0.orderID = orderID.text
            $0.userID = shipment.userID.text
            $0.shipmentID = shipment.id.text
            $0.trackingCode = shipment.trackingCode
            $0.carrier = shipment.carrier
        }
        return [try Outgoing(event, subject: orderID.text, saga: "")]
    }
}
