internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Where payments and the ledger of their money are kept.
protocol PaymentStore: Sendable {
    /// The order's payment; nil when nobody has asked for one.
    func find(_ orderID: OrderID, in transaction: Transaction) throws -> Payment?

    /// Keeps the payment as it is now.
    func save(_ payment: Payment, in transaction: Transaction) throws

    /// Writes a line of the ledger; a line that is there already stays as it is.
    func record(_ movement: Movement, of payment: Payment, at now: Timestamp, in transaction: Transaction) throws
}

extension PaymentStore {
    /// Keeps a payment together with the money that moved.
    func save(
        _ payment: Payment, _ settlement: Settlement, at now: Timestamp, in transaction: Transaction
    ) throws {
        var payment = payment
        payment.updatedAt = now
        try save(payment, in: transaction)
        for movement in settlement.movements { try record(movement, of: payment, at: now, in: transaction) }
    }
}

/// Where cards are kept, sealed.
protocol CardStore: Sendable {
    func find(_ token: CardToken, in transaction: Transaction) throws -> StoredCard?

    /// The user's card with that fingerprint.
    func find(_ fingerprint: [UInt8], of userID: UserID, in transaction: Transaction) throws -> StoredCard?

    func count(of userID: UserID, in transaction: Transaction) throws -> Int

    func add(_ card: StoredCard, at now: Timestamp, in transaction: Transaction) throws

    /// Deletes the user's cards, apart from those a pending payment still needs, which are marked.
    func forget(_ userID: UserID, in transaction: Transaction) throws

    /// Deletes a card that was only kept for a payment.
    func dropForgotten(_ token: CardToken, in transaction: Transaction) throws
}

/// A card as it lies in the database: what may be shown, and the rest sealed.
struct StoredCard: Sendable {
    var token: CardToken
    var userID: UserID
    var brand: CardBrand
    var last4: String
    /// Number and expiry, sealed for this token.
    var sealed: [UInt8]
    /// The same for the same card of the same user; tells nothing without the key.
    var fingerprint: [UInt8]
}
