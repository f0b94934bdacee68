internal import FlotillaCore
internal import ShopContracts

// Messages Shipping sends to itself, at the time the demo carrier does something. Their data is the
// order's ID in UTF-8; nobody else reads them.

/// The carrier is here to fetch the parcel.
struct DispatchDue: MessagePayload, Hashable {
    static let messageType = "shop.shipping.dispatch-due.v1"

    var orderID: OrderID

    init(orderID: OrderID) { self.orderID = orderID }

    init(messageBytes: [UInt8]) throws { orderID = try parcelTimerOrder(messageBytes) }

    func messageBytes() throws -> [UInt8] { Array(orderID.text.utf8) }

    /// What the timer is withdrawn by.
    static func timerName(_ orderID: OrderID) -> String { "dispatch/\(orderID)" }
}

/// The carrier is at the customer's door.
struct DeliveryDue: MessagePayload, Hashable {
    static let messageType = "shop.shipping.delivery-due.v1"

    var orderID: OrderID

    init(orderID: OrderID) { self.orderID = orderID }

    init(messageBytes: [UInt8]) throws { orderID = try parcelTimerOrder(messageBytes) }

    func messageBytes() throws -> [UInt8] { Array(orderID.text.utf8) }

    /// What the timer is moved by, should it be set twice.
    static func timerName(_ orderID: OrderID) -> String { "delivery/\(orderID)" }
}

private func parcelTimerOrder(_ bytes: [UInt8]) throws -> OrderID {
    guard let text = String(validating: bytes, as: UTF8.self), let orderID = OrderID(text) else {
        throw ServiceError(.malformed, "parcel-timer", "The timer's data is not the ID of an order.")
    }
    return orderID
}
