internal import FlotillaCore
internal import ShopContracts

/// A parcel of an order on its way to the customer.
struct Shipment: Sendable, Hashable {
    /// How far it is. Each parcel goes `scheduled`, `dispatched`, `delivered`, or ends `cancelled` before it left.
    enum Status: String, Sendable {
        /// A carrier will fetch it.
        case scheduled
        /// The carrier has it; it can no longer be stopped.
        case dispatched
        /// The customer has it.
        case delivered
        /// It will not be sent.
        case cancelled
    }

    /// One thing that happened to it.
    struct Event: Sendable, Hashable {
        var status: Status
        var at: Timestamp
    }

    var id: ShipmentID
    var orderID: OrderID
    var userID: UserID
    var status: Status
    /// What the carrier knows it by.
    var trackingCode: String
    var carrier: String
    /// Oldest first, at most one of each status.
    var events: [Event]

    /// Whether it can still be stopped.
    var isWaiting: Bool { status == .scheduled }
}
