public import FlotillaProtobuf

// The stable names of what Orders publishes and can be told to do.

extension OrderCreated: ProtobufPayload {
    public static let messageType = "shop.orders.order-created.v1"
}

extension OrderConfirmed: ProtobufPayload {
    public static let messageType = "shop.orders.order-confirmed.v1"
}

extension OrderCompleted: ProtobufPayload {
    public static let messageType = "shop.orders.order-completed.v1"
}

extension OrderCancelled: ProtobufPayload {
    public static let messageType = "shop.orders.order-cancelled.v1"
}

extension OrderRefunded: ProtobufPayload {
    public static let messageType = "shop.orders.order-refunded.v1"
}

extension ConfirmOrder: ProtobufPayload {
    public static let messageType = "shop.orders.confirm-order.v1"
}

extension CancelOrder: ProtobufPayload {
    public static let messageType = "shop.orders.cancel-order.v1"
}
