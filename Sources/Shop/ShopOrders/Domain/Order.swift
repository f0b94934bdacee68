internal import FlotillaCore
internal import ShopContracts

/// An order: the sum of what happened to it.
///
/// created → awaitingPayment → paid → shipping → completed, or on the way back cancelled
/// (nothing was paid) or refunded (the money went back).
struct Order: Aggregate {
    enum Status: String, Sendable, CaseIterable {
        case created, awaitingPayment, paid, shipping, completed, cancelled, refunded

        /// Whether nothing more happens by itself.
        var isTerminal: Bool { self == .completed || self == .cancelled || self == .refunded }
    }

    /// One line of its history.
    struct Change: Sendable, Equatable {
        var status: Status
        var at: Timestamp
        var reason: String
    }

    private(set) var placed = PlacedOrder()
    private(set) var status = Status.created
    private(set) var paymentID: PaymentID?
    private(set) var shipmentID: ShipmentID?
    private(set) var trackingCode = ""
    private(set) var dispatchedAt: Timestamp?
    /// Somebody has asked to cancel and no answer has been given yet.
    private(set) var isBeingCancelled = false
    private(set) var updatedAt = Timestamp(microseconds: 0)
    private(set) var history: [Change] = []

    init() {}

    mutating func apply(_ event: OrderEvent) {
        switch event.kind {
        case .placed(let order): placed = order
        case .paid(let payment): paymentID = payment
        case .shippingScheduled(let shipment, let code):
            shipmentID = shipment
            trackingCode = code
        case .dispatched: dispatchedAt = event.at
        case .cancellationRequested: isBeingCancelled = true
        case .cancellationRefused, .cancelled, .refunded: isBeingCancelled = false
        case .paymentRequested, .paymentTokenReplaced, .completed: break
        }
        updatedAt = event.at
        if let turn = event.kind.turn {
            status = turn.status ?? status
            history.append(Change(status: status, at: event.at, reason: turn.reason))
        }
    }
}

/// What was ordered, by whom, for how much, and where it goes: fixed when the order is placed.
struct PlacedOrder: Sendable, Equatable {
    var id = OrderID(unchecked: "")
    var userID = UserID(unchecked: "")
    /// Nil when the items were given directly.
    var cartID: CartID?
    var lines: [OrderLine] = []
    var total = Money(amount: 0, currency: "USD")
    var address = PostalAddress()
    var placedAt = Timestamp(microseconds: 0)
    /// Where the customer belonged then: whose support helps with it. Empty: nowhere.
    var region = ""
}

/// So many of one product at the price agreed on.
struct OrderLine: Sendable, Equatable {
    var productID: ProductID
    var name: String
    /// 1 to 99.
    var quantity: Int
    var unitPrice: Money

    var total: Money { unitPrice * quantity }
}

/// Something that happened to an order.
struct OrderEvent: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case placed(PlacedOrder)
        case paymentRequested
        /// The owner has given another card.
        ///
        /// - Parameter version: how often that has happened.
        case paymentTokenReplaced(version: Int)
        case paid(PaymentID)
        case shippingScheduled(ShipmentID, trackingCode: String)
        case completed
        case dispatched
        case cancellationRequested(reason: String)
        case cancellationRefused(reason: String)
        case cancelled(reason: String)
        case refunded(reason: String)

        /// The line it adds to the order's history; nil: none. A status of nil: it stays what it was.
        var turn: (status: Order.Status?, reason: String)? {
            switch self {
            case .placed: (.created, "")
            case .paymentRequested: (.awaitingPayment, "")
            case .paid: (.paid, "")
            case .shippingScheduled: (.shipping, "")
            case .completed: (.completed, "")
            case .cancellationRefused(let reason): (nil, reason)
            case .cancelled(let reason): (.cancelled, reason)
            case .refunded(let reason): (.refunded, reason)
            case .paymentTokenReplaced, .dispatched, .cancellationRequested: nil
            }
        }
    }

    var kind: Kind
    var at: Timestamp
}
