internal import FlotillaCore
internal import ShopContracts

/// What one order pays: a value that decides, and never acts.
///
/// There is one per order. Each transition says what has to follow; the same command given again
/// leads to the same answer and changes nothing.
struct Payment: Sendable, Equatable {
    enum Status: String, Sendable, CaseIterable {
        /// The provider is being asked; nobody knows yet.
        case pending
        /// The money is ours.
        case captured
        /// The provider is asked to give a captured amount back.
        case refunding
        case refunded
        /// Called off before anything was captured.
        case voided
        case failed
        /// Called off before anybody asked for a payment.
        case cancelled
    }

    /// Why a payment failed.
    struct Failure: Sendable, Equatable {
        /// Kebab-case, for machines.
        var reason: String
        /// True: nobody knows what the provider did, and asking again may work. False: a final answer.
        var isRetryable: Bool

        static let unknownToken = Failure(reason: "unknown-token", isRetryable: false)
        static let cancelled = Failure(reason: "cancelled", isRetryable: false)
        static let invalidAmount = Failure(reason: "invalid-amount", isRetryable: false)
    }

    /// How many cards may be tried for one order.
    static let attemptsMax = 10

    let orderID: OrderID
    /// Nil while nobody has asked for a payment.
    var id: PaymentID?
    var userID: UserID
    var amount: Money
    /// Nil when the order named none that can be one.
    var token: CardToken?
    var status: Status
    var failure: Failure?
    /// 1 for the first card; a card that was finally declined may be followed by another.
    var attempt: Int
    /// Called off: no further charge, whatever happens.
    var isClosed: Bool
    /// Why the provider will not give the money back.
    var refundRefusal: String?
    var createdAt: Timestamp
    var updatedAt: Timestamp

    /// The provider's idempotency key: the order's ID, and for a further card its number as well.
    var chargeKey: String { attempt == 1 ? orderID.text : "\(orderID.text).\(attempt)" }

    /// An amount that can be charged.
    static func isPayable(_ amount: Money) -> Bool {
        amount.amount > 0 && amount.isInRange && amount.currency.utf8.count == 3
    }

    /// A payment somebody asks for now.
    ///
    /// - Parameter isOwned: whether the token is one of that user.
    static func asked(
        _ id: PaymentID, orderID: OrderID, userID: UserID, amount: Money, token: CardToken?, isOwned: Bool,
        at now: Timestamp
    ) -> Payment {
        Payment(
            orderID: orderID, id: id, userID: userID, amount: amount, token: token,
            status: isOwned ? .pending : .failed, failure: isOwned ? nil : .unknownToken, attempt: 1,
            isClosed: false, createdAt: now, updatedAt: now)
    }

    /// An order that is called off before it paid: it never will.
    static func neverAsked(orderID: OrderID, at now: Timestamp) -> Payment {
        Payment(
            orderID: orderID, userID: UserID(unchecked: ""), amount: Money(amount: 0, currency: ""),
            status: .cancelled, attempt: 1, isClosed: true, createdAt: now, updatedAt: now)
    }
}
