public import FlotillaProtobuf

// The stable names of what Users publishes.

extension UserRegistered: ProtobufPayload {
    public static let messageType = "shop.users.user-registered.v1"
}

extension UserUpdated: ProtobufPayload {
    public static let messageType = "shop.users.user-updated.v1"
}

extension UserErased: ProtobufPayload {
    public static let messageType = "shop.users.user-erased.v1"
}
