internal import FlotillaCore
internal import FlotillaSecurity
internal import ShopContracts

/// Seals cards, so that the database and its backups hold none in clear (AES-256-GCM, a key per card).
struct CardSafe: Sendable {
    private let vault: Vault
    private let index: BlindIndex

    /// - Parameter folder: holds the keys, readable by their owner only; they are made where there are none.
    /// - Throws: ``ServiceError`` `key-file`, `vault-keys` or `index-key`.
    init(folder: String, random: any RandomSource) throws {
        vault = Vault(
            ring: try VaultKeyRing.loadOrCreate(at: folder + "/cards.keys", random: random), random: random)
        index = try BlindIndex.loadOrCreate(at: folder + "/cards.index-key", random: random)
    }

    /// The card, bound to the token: in another row it does not open.
    func seal(_ card: Card, for token: CardToken) throws -> [UInt8] {
        try vault.seal(Secret("\(card.number.exposed) \(card.expiry.text)"), context: Self.context(token))
    }

    /// - Throws: ``ServiceError`` `sealed-value` when the row was changed or its key is gone.
    func open(_ stored: StoredCard) throws -> Card {
        let text = try vault.openText(stored.sealed, context: Self.context(stored.token)).exposed
        let parts = text.split(separator: " ")
        guard parts.count == 2, let number = CardNumber(String(parts[0])), let expiry = CardExpiry(parts[1]) else {
            throw ServiceError(
                .internal, "sealed-value", "The card behind a token is not in a known form; restore it from a backup.")
        }
        return Card(number: number, expiry: expiry)
    }

    /// The same for the same card of the same user.
    func fingerprint(of card: Card, userID: UserID) -> [UInt8] {
        index.index("\(userID) \(card.number.exposed) \(card.expiry.text)", purpose: "payments/card")
    }

    private static func context(_ token: CardToken) -> String { "payments/card/\(token)" }
}
