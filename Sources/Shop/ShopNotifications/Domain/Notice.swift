internal import FlotillaCore
internal import ShopContracts

/// Something a user is told, as it reads in the app; on each channel it goes out as one notification.
struct Notice: Sendable, Hashable {
    var id: NotificationID
    var userID: UserID
    var orderID: OrderID
    /// The text it was made from: `order-completed`.
    var template: String
    var title: String
    var text: String
    /// The ID of the event that caused it.
    var causedBy: String
    var createdAt: Timestamp
}

/// A notice on its way over one channel.
struct Notification: Sendable, Hashable {
    /// How far it is.
    enum State: String, Sendable {
        /// There is no address yet.
        case waiting
        /// It was handed to its channel.
        case sent
        /// It was given up.
        case failed
    }

    var id: NotificationID
    var channel: Channel
    var state: State
    /// Why it was given up: `no-address`; empty in the other states.
    var reason = ""
}

/// A notice with what became of it on each channel.
struct NoticeStatus: Sendable, Hashable {
    struct Delivery: Sendable, Hashable {
        var channel: String
        var state: String
    }

    var notice: Notice
    /// In the order of the channels' names.
    var channels: [Delivery]
}
