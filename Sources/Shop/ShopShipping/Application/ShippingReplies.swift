internal import FlotillaMessaging
internal import ShopContracts

/// The replies that more than one use case gives. Like each reply they belong to the command's saga.
enum ShippingReplies {
    static func scheduled(_ shipment: Shipment) throws -> Outgoing {
        let event = ShippingScheduled {
            $0.orderID = shipment.orderID.text
            $0.userID = shipment.userID.text
            $0.shipmentID = shipment.id.text
            $0.trackingCode = shipment.trackingCode
            $0.carrier = shipment.carrier
        }
        return try Outgoing(event, subject: shipment.orderID.text)
    }

    static func failed(_ orderID: OrderID, reason: String) throws -> Outgoing {
        let event = ShippingFailed {
            $0.orderID = orderID.text
            $0.reason = reason
        }
        return try Outgoing(event, subject: orderID.text)
    }

    /// - Parameter shipmentID: empty when there never was a shipment.
    static func cancelled(_ orderID: OrderID, shipmentID: String = "") throws -> Outgoing {
        let event = ShippingCancelled {
            $0.orderID = orderID.text
            $0.shipmentID = shipmentID
        }
        return try Outgoing(event, subject: orderID.text)
    }
}
