internal import FlotillaMessaging
internal import ShopContracts

/// The replies that more than one use case gives. Like each reply they belong to the command's saga.
enum Replies {
    static func failed(_ orderID: OrderID, reason: String, productID: String = "") throws -> Outgoing {
        let event = ReservationFailed {
            $0.orderID = orderID.text
            $0.reason = reason
            $0.productID = productID
        }
        return try Outgoing(event, subject: orderID.text)
    }

    static func released(_ orderID: OrderID) throws -> Outgoing {
        try Outgoing(ItemsReleased { $0.orderID = orderID.text }, subject: orderID.text)
    }
}
