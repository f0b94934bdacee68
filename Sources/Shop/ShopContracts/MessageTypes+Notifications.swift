public import FlotillaProtobuf

// The stable names of what Notifications publishes.

extension NotificationSent: ProtobufPayload {
    public static let messageType = "shop.notifications.notification-sent.v1"
}

extension NotificationFailed: ProtobufPayload {
    public static let messageType = "shop.notifications.notification-failed.v1"
}
