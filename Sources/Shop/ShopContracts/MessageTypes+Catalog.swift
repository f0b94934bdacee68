public import FlotillaProtobuf

// The stable names of what Catalog publishes.

extension ProductCreated: ProtobufPayload {
    public static let messageType = "shop.catalog.product-created.v1"
}

extension ProductUpdated: ProtobufPayload {
    public static let messageType = "shop.catalog.product-updated.v1"
}

extension PriceChanged: ProtobufPayload {
    public static let messageType = "shop.catalog.price-changed.v1"
}
