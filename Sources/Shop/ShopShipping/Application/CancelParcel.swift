internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Stops the parcel of an order, as long as the carrier does not have it.
///
/// An order Shipping has not heard of is marked as given up, so that a schedule command that comes
/// late books nothing.
struct CancelParcel: Sendable {
    private let outbox: Outbox
    private let bookings = BookingTable()

    init(outbox: Outbox) { self.outbox = outbox }

    /// - Returns: `ShippingCancelled`, or `ShippingCancelRefused` once the parcel is dispatched.
    func callAsFunction(
        _ command: CancelShipping, at now: Timestamp, in transaction: Transaction
    ) throws -> [Outgoing] {
        let orderID = OrderID(unchecked: command.orderID)
        let isUnheardOf = try bookings.giveUp(orderID, reason: command.reason, at: now, in: transaction)
        guard !isUnheardOf, case .shipment(let shipment) = try bookings.booking(of: orderID, in: transaction) else {
            return [try ShippingReplies.cancelled(orderID)]
        }
        switch shipment.status {
        case .scheduled:
            try bookings.advance(orderID, to: .cancelled, at: now, in: transaction)
            try outbox.withdrawScheduled(name: DispatchDue.timerName(orderID), in: transaction)
            return [try ShippingReplies.cancelled(orderID, shipmentID: shipment.id.text)]
        case .cancelled:
            return [try ShippingReplies.cancelled(orderID, shipmentID: shipment.id.text)]
        case .dispatched, .delivered:
            let refusal = ShippingCancelRefused {
                $0.orderID = orderID.text
                $0.shipmentID = shipment.id.text
                $0.reason = Refusal.tooLate.rawValue
            }
            return [try Outgoing(refusal, subject: orderID.text)]
        }
    }
}
