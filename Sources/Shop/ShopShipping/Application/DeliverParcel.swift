internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// The customer has the parcel.
struct DeliverParcel: Sendable {
    private let bookings = BookingTable()

    /// - Returns: `ShipmentDelivered`; nothing when the parcel is not on its way.
    func callAsFunction(_ timer: DeliveryDue, at now: Timestamp, in transaction: Transaction) throws -> [Outgoing] {
        let orderID = timer.orderID
        guard case .shipment(let shipment) = try bookings.booking(of: orderID, in: transaction),
            shipment.status == .dispatched
        else { return [] }
        try bookings.advance(orderID, to: .delivered, at: now, in: transaction)
        let event = ShipmentDelivered {
            $0.orderID = orderID.text
            $0.userID = shipment.userID.text
            $0.shipmentID = shipment.id.text
            $0.trackingCode = shipment.trackingCode
            $0.carrier = shipment.carrier
        }
        return [try Outgoing(event, subject: orderID.text, saga: "")]
    }
}
