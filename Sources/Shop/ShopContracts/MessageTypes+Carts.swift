public import FlotillaProtobuf

// The stable names of what Carts publishes.

extension CartCheckedOut: ProtobufPayload {
    public static let messageType = "shop.carts.cart-checked-out.v1"
}

extension CartExpired: ProtobufPayload {
    public static let messageType = "shop.carts.cart-expired.v1"
}
