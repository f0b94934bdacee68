internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// The ``CardStore`` in the service's database.
struct CardTable: CardStore {
    static let migrations = MigrationSet(
        "cards",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE cards (
                    token TEXT PRIMARY KEY NOT NULL, user_id TEXT NOT NULL, brand TEXT NOT NULL, last4 TEXT NOT NULL,
                    sealed {blob} NOT NULL, fingerprint {blob} NOT NULL, is_forgotten INTEGER NOT NULL,
                    created_at INTEGER NOT NULL, UNIQUE (user_id, fingerprint));
                """)
        ])

    private static let byToken: SQL =
        "SELECT token, user_id, brand, last4, sealed, fingerprint FROM cards WHERE token = ?1"
    private static let byFingerprint: SQL = """
        SELECT token, user_id, brand, last4, sealed, fingerprint FROM cards WHERE user_id = ?1 AND fingerprint = ?2
        """
    private static let count: SQL = "SELECT COUNT(*) FROM cards WHERE user_id = ?1"
    private static let insert: SQL = """
        INSERT INTO cards (token, user_id, brand, last4, sealed, fingerprint, is_forgotten, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """
    private static let deleteUnused: SQL = """
        DELETE FROM cards WHERE user_id = ?1
            AND NOT EXISTS (SELECT 1 FROM payments WHERE payments.token = cards.token AND payments.status = ?2)
        """
    private static let mark: SQL = "UPDATE cards SET is_forgotten = 1 WHERE user_id = ?1"
    private static let drop: SQL = "DELETE FROM cards WHERE token = ?1 AND is_forgotten = 1"

    func find(_ token: CardToken, in transaction: Transaction) throws -> StoredCard? {
        try transaction.first(Self.byToken, token.text, row: Self.card)
    }

    func find(_ fingerprint: [UInt8], of userID: UserID, in transaction: Transaction) throws -> StoredCard? {
        try transaction.first(Self.byFingerprint, userID.text, fingerprint, row: Self.card)
    }

    func count(of userID: UserID, in transaction: Transaction) throws -> Int {
        try transaction.first(Self.count, userID.text) { $0.int(0) } ?? 0
    }

    func add(_ card: StoredCard, at now: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            Self.insert, card.token.text, card.userID.text, card.brand.rawValue, card.last4, card.sealed,
            card.fingerprint, false, now)
    }

    func forget(_ userID: UserID, in transaction: Transaction) throws {
        try transaction.execute(Self.deleteUnused, userID.text, Payment.Status.pending.rawValue)
        try transaction.execute(Self.mark, userID.text)
    }

    func dropForgotten(_ token: CardToken, in transaction: Transaction) throws {
        try transaction.execute(Self.drop, token.text)
    }

    private static func card(_ row: Row) throws -> StoredCard {
        StoredCard(
            token: CardToken(unchecked: row.text(0)), userID: UserID(unchecked: row.text(1)),
            brand: CardBrand(rawValue: row.text(2)) ?? .other, last4: row.text(3), sealed: row.bytes(4),
            fingerprint: row.bytes(5))
    }
}
