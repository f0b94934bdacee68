internal import FlotillaCore
internal import FlotillaEventSourcing
internal import ShopContracts
internal import SwiftProtobuf

/// How the events of an order are stored.
struct OrderEventCoding: EventCoding {
    private enum Name {
        static let placed = "order-placed.v1"
        static let paymentRequested = "payment-requested.v1"
        static let paymentTokenReplaced = "payment-token-replaced.v1"
        static let paid = "order-paid.v1"
        static let shippingScheduled = "shipping-scheduled.v1"
        static let completed = "order-completed.v1"
        static let dispatched = "order-dispatched.v1"
        static let cancellationRequested = "cancellation-requested.v1"
        static let cancellationRefused = "cancellation-refused.v1"
        static let cancelled = "order-cancelled.v1"
        static let refunded = "order-refunded.v1"
    }

    func encode(_ event: OrderEvent) throws -> EventRecord {
        if case .placed(let order) = event.kind {
            return EventRecord(type: Name.placed, data: try OrderPlacedRecord(order).serializedBytes())
        }
        var step = OrderStepRecord()
        step.atUs = event.at.microseconds
        let type: String
        switch event.kind {
        case .placed: type = Name.placed
        case .paymentRequested: type = Name.paymentRequested
        case .paymentTokenReplaced(let version):
            type = Name.paymentTokenReplaced
            step.tokenVersion = Int32(clamping: version)
        case .paid(let payment):
            type = Name.paid
            step.paymentID = payment.text
        case .shippingScheduled(let shipment, let code):
            type = Name.shippingScheduled
            step.shipmentID = shipment.text
            step.trackingCode = code
        case .completed: type = Name.completed
        case .dispatched: type = Name.dispatched
        case .cancellationRequested(let reason):
            type = Name.cancellationRequested
            step.reason = reason
        case .cancellationRefused(let reason):
            type = Name.cancellationRefused
            step.reason = reason
        case .cancelled(let reason):
            type = Name.cancelled
            step.reason = reason
        case .refunded(let reason):
            type = Name.refunded
            step.reason = reason
        }
        return EventRecord(type: type, data: try step.serializedBytes())
    }

    func decode(type: String, data: [UInt8]) throws -> OrderEvent? {
        if type == Name.placed {
            let order = PlacedOrder(try OrderPlacedRecord(serializedBytes: data))
            return OrderEvent(kind: .placed(order), at: order.placedAt)
        }
        let step = try OrderStepRecord(serializedBytes: data)
        let kind: OrderEvent.Kind
        switch type {
        case Name.paymentRequested: kind = .paymentRequested
        case Name.paymentTokenReplaced: kind = .paymentTokenReplaced(version: Int(step.tokenVersion))
        case Name.paid: kind = .paid(PaymentID(unchecked: step.paymentID))
        case Name.shippingScheduled:
            kind = .shippingScheduled(ShipmentID(unchecked: step.shipmentID), trackingCode: step.trackingCode)
        case Name.completed: kind = .completed
        case Name.dispatched: kind = .dispatched
        case Name.cancellationRequested: kind = .cancellationRequested(reason: step.reason)
        case Name.cancellationRefused: kind = .cancellationRefused(reason: step.reason)
        case Name.cancelled: kind = .cancelled(reason: step.reason)
        case Name.refunded: kind = .refunded(reason: step.reason)
        default: throw UnknownOrderEvent(type: type)
        }
        return OrderEvent(kind: kind, at: Timestamp(microseconds: step.atUs))
    }
}

/// A stored event that this version of the program does not know: it was written by a newer one.
struct UnknownOrderEvent: Error, CustomStringConvertible {
    let type: String
    var description: String { "the stored event '\(type)' is not known to this version" }
}

extension OrderPlacedRecord {
    init(_ order: PlacedOrder) {
        self.init()
        orderID = order.id.text
        userID = order.userID.text
        cartID = order.cartID?.text ?? ""
        lines = order.lines.map {
            PricedItem(productID: $0.productID.text, name: $0.name, quantity: $0.quantity, unitPrice: $0.unitPrice)
        }
        total = MoneyValue(order.total)
        address = order.address
        placedAtUs = order.placedAt.microseconds
        region = order.region
    }
}

extension PlacedOrder {
    init(_ record: OrderPlacedRecord) {
        id = OrderID(unchecked: record.orderID)
        userID = UserID(unchecked: record.userID)
        cartID = record.cartID.isEmpty ? nil : CartID(unchecked: record.cartID)
        lines = record.lines.map {
            OrderLine(
                productID: ProductID(unchecked: $0.productID), name: $0.name, quantity: Int($0.quantity),
                unitPrice: $0.unitPrice.money)
        }
        total = record.total.money
        address = record.address
        placedAt = Timestamp(microseconds: record.placedAtUs)
        region = record.region
    }
}
