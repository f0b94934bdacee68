internal import FlotillaCore
internal import ShopContracts

/// Something that happened to an order and that its customer is told: which text, and what stands in it.
struct Occasion: Sendable, Hashable {
    /// What there is a text for.
    enum Kind: String, Sendable, CaseIterable {
        case orderCompleted = "order-completed"
        case orderCancelled = "order-cancelled"
        case orderRefunded = "order-refunded"
        case shipmentDispatched = "shipment-dispatched"
    }

    var kind: Kind
    var orderID: OrderID
    var userID: UserID
    /// What the text's placeholders stand for.
    var values: [String: String]
    /// Kebab-case, becomes the placeholder `{reason}` in the user's language; nil: the text has none.
    var reason: String?

    init(_ kind: Kind, orderID: String, userID: String, values: [String: String], reason: String? = nil) {
        self.kind = kind
        self.orderID = OrderID(unchecked: orderID)
        self.userID = UserID(unchecked: userID)
        self.values = values
        self.values["order"] = orderID
        self.reason = reason
    }

    init(_ event: OrderCompleted) {
        let items = event.lines.map { "\($0.quantity) × \($0.name)" }
        self.init(
            .orderCompleted, orderID: event.orderID, userID: event.userID,
            values: ["total": event.total.money.forPeople, "items": items.joined(separator: "\n")])
    }

    init(_ event: OrderCancelled) {
        self.init(
            .orderCancelled, orderID: event.orderID, userID: event.userID, values: [:], reason: event.reason)
    }

    init(_ event: OrderRefunded) {
        self.init(
            .orderRefunded, orderID: event.orderID, userID: event.userID,
            values: ["amount": event.amount.money.forPeople], reason: event.reason)
    }

    init(_ event: ShipmentDispatched) {
        self.init(
            .shipmentDispatched, orderID: event.orderID, userID: event.userID,
            values: ["carrier": event.carrier, "trackingCode": event.trackingCode])
    }
}
