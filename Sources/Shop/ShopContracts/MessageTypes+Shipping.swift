public import FlotillaProtobuf

// The stable names of what Shipping publishes and can be told to do.

extension ScheduleShipping: ProtobufPayload {
    public static let messageType = "shop.shipping.schedule-shipping.v1"
}

extension CancelShipping: ProtobufPayload {
    public static let messageType = "shop.shipping.cancel-shipping.v1"
}

extension ShippingScheduled: ProtobufPayload {
    public static let messageType = "shop.shipping.shipping-scheduled.v1"
}

extension ShippingFailed: ProtobufPayload {
    public static let messageType = "shop.shipping.shipping-failed.v1"
}

extension ShippingCancelled: ProtobufPayload {
    public static let messageType = "shop.shipping.shipping-cancelled.v1"
}

extension ShippingCancelRefused: ProtobufPayload {
    public static let messageType = "shop.shipping.shipping-cancel-refused.v1"
}

extension ShipmentDispatched: ProtobufPayload {
    public static let messageType = "shop.shipping.shipment-dispatched.v1"
}

extension ShipmentDelivered: ProtobufPayload {
    public static let messageType = "shop.shipping.shipment-delivered.v1"
}
