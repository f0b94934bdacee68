public import FlotillaProtobuf

// The stable names of what Inventory publishes and can be told to do.

extension ReserveItems: ProtobufPayload {
    public static let messageType = "shop.inventory.reserve-items.v1"
}

extension CommitItems: ProtobufPayload {
    public static let messageType = "shop.inventory.commit-items.v1"
}

extension ReleaseItems: ProtobufPayload {
    public static let messageType = "shop.inventory.release-items.v1"
}

extension ItemsReserved: ProtobufPayload {
    public static let messageType = "shop.inventory.items-reserved.v1"
}

extension ReservationFailed: ProtobufPayload {
    public static let messageType = "shop.inventory.reservation-failed.v1"
}

extension ItemsCommitted: ProtobufPayload {
    public static let messageType = "shop.inventory.items-committed.v1"
}

extension ItemsReleased: ProtobufPayload {
    public static let messageType = "shop.inventory.items-released.v1"
}

extension StockChanged: ProtobufPayload {
    public static let messageType = "shop.inventory.stock-changed.v1"
}

extension StockLow: ProtobufPayload {
    public static let messageType = "shop.inventory.stock-low.v1"
}
