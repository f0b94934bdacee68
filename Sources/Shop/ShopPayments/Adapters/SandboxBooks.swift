internal import FlotillaCore
internal import FlotillaStorage

/// The books of the ``SandboxProvider``: a row per idempotency key.
enum SandboxBooks {
    enum Status: String, Sendable {
        /// Tried, with an error of the provider's own.
        case failing
        case captured
        case declined
        case refunded
        /// Called off before it was captured.
        case voided
    }

    struct Entry: Sendable {
        var key: String
        var status: Status
        var card: TestCard
        var amount: Money
        var last4: String
        var tries: Int
        var reason = ""
        var reference = ""
        var refundReference = ""

        mutating func decline(_ reason: String) {
            status = .declined
            self.reason = reason
        }
    }

    static let migrations = MigrationSet(
        "sandbox-provider",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE charges (
                    idempotency_key TEXT PRIMARY KEY NOT NULL, status TEXT NOT NULL, card TEXT NOT NULL,
                    amount INTEGER NOT NULL, currency TEXT NOT NULL, last4 TEXT NOT NULL, tries INTEGER NOT NULL,
                    reason TEXT NOT NULL, reference TEXT NOT NULL, refund_reference TEXT NOT NULL,
                    changed_at INTEGER NOT NULL);
                """)
        ])

    private static let find: SQL = """
        SELECT status, card, amount, currency, last4, tries, reason, reference, refund_reference
        FROM charges WHERE idempotency_key = ?1
        """
    private static let save: SQL = """
        INSERT INTO charges (idempotency_key, status, card, amount, currency, last4, tries, reason, reference,
            refund_reference, changed_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (idempotency_key) DO UPDATE SET status = excluded.status, card = excluded.card,
            last4 = excluded.last4, tries = excluded.tries, reason = excluded.reason,
            reference = excluded.reference, changed_at = excluded.changed_at
        """
    private static let refund: SQL = """
        UPDATE charges SET status = ?2, refund_reference = ?3, changed_at = ?4 WHERE idempotency_key = ?1
        """

    static func find(_ key: String, in transaction: Transaction) throws -> Entry? {
        try transaction.first(find, key) { row in
            guard let status = Status(rawValue: row.text(0)), let card = TestCard(rawValue: row.text(1)) else {
                throw ServiceError(.internal, "provider-books", "The sandbox provider's books are of a newer version.")
            }
            return Entry(
                key: key, status: status, card: card, amount: Money(amount: row.int64(2), currency: row.text(3)),
                last4: row.text(4), tries: row.int(5), reason: row.text(6), reference: row.text(7),
                refundReference: row.text(8))
        }
    }

    static func save(_ entry: Entry, at now: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            save, entry.key, entry.status.rawValue, entry.card.rawValue, entry.amount.amount, entry.amount.currency,
            entry.last4, entry.tries, entry.reason, entry.reference, entry.refundReference, now)
    }

    static func refund(_ key: String, reference: String, at now: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(refund, key, Status.refunded.rawValue, reference, now)
    }

    static func void(_ key: String, at now: Timestamp, in transaction: Transaction) throws {
        try save(
            Entry(
                key: key, status: .voided, card: .paid, amount: Money(amount: 0, currency: ""), last4: "", tries: 0),
            at: now, in: transaction)
    }
}
