internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Takes a card into the safe and hands out what stands for it.
///
/// The same card of the same user keeps its token, so repeating the call adds nothing.
struct TokenizeCard: Sendable {
    /// Cards one user may have.
    static let cardsMax = 1_000

    let database: Database
    let cards: any CardStore
    let safe: CardSafe
    let world: World

    /// - Throws: `invalid-input` when the card is out of date, `too-many-cards`.
    func callAsFunction(_ card: Card, for userID: UserID) async throws -> StoredCard {
        let now = world.now
        guard !card.expiry.isOver(at: now) else {
            throw ServiceError.invalid(field: "expiryYear", "the card is out of date; use one that is still good")
        }
        let token = CardToken(unchecked: "tok_" + world.ids.make())
        let new = StoredCard(
            token: token, userID: userID, brand: card.number.brand, last4: card.number.last4,
            sealed: try safe.seal(card, for: token), fingerprint: safe.fingerprint(of: card, userID: userID))
        let stored = try await database.write { [cards] transaction -> StoredCard? in
            if let known = try cards.find(new.fingerprint, of: userID, in: transaction) { return known }
            guard try cards.count(of: userID, in: transaction) < Self.cardsMax else { return nil }
            try cards.add(new, at: now, in: transaction)
            return new
        }
        guard let stored else {
            throw ServiceError(
                .conflict, "too-many-cards", "You have \(Self.cardsMax) cards, which is the most; use one of them.")
        }
        return stored
    }
}
