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
    /// Nil when the order named none that can be one, or replaced it by one that is not its user's.
    var token: CardToken?
    /// Which of the order's tokens it is: 0 for the first; a higher one replaces it.
    var tokenVersion = 0
    /// ``tokenVersion`` when the present key was first used. While another has replaced it since, nobody can tell
    /// whose refusal the provider's is.
    var askedVersion = 0
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
    static func asked(
        _ id: PaymentID, orderID: OrderID, userID: UserID, amount: Money, card: OfferedCard, at now: Timestamp
    ) -> Payment {
        Payment(
            orderID: orderID, id: id, userID: userID, amount: amount, token: card.token, tokenVersion: card.version,
            askedVersion: card.version, status: card.isOwned ? .pending : .failed,
            failure: card.isOwned ? nil : .unknownToken, attempt: 1, isClosed: false, createdAt: now, updatedAt: now)
    }

    /// An order that is called off before it paid: it never will.
    static func neverAsked(orderID: OrderID, at now: Timestamp) -> Payment {
        Payment(
            orderID: orderID, userID: UserID(unchecked: ""), amount: Money(amount: 0, currency: ""),
            status: .cancelled, attempt: 1, isClosed: true, createdAt: now, updatedAt: now)
    }
}

/// What an order offers to pay with.
struct OfferedCard: Sendable, Equatable {
    /// Nil when what was named cannot be one.
    var token: CardToken?
    /// Which of the order's tokens it is, from 0.
    var version: Int
    /// Whether the token is one of the order's user.
    var isOwned: Bool
}
