public import FlotillaCore

/// The leases of one service, in its own database: who may do which piece of work, and until when.
///
/// All of it happens in the caller's transaction, so that several steps are one. Rows are never deleted, which keeps
/// tokens rising; there is one per name.
public enum LeaseTable {
    public static let migrations = MigrationSet(
        "leases",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE leases (
                    name TEXT PRIMARY KEY NOT NULL, holder TEXT NOT NULL, token INTEGER NOT NULL,
                    expires INTEGER NOT NULL) WITHOUT ROWID
                """)
        ])

    /// What the names of leases begin with by which users of a shared database say that they are there.
    public static let presence = "replica/"
    /// The first name after all of those.
    public static let presenceEnd = "replica0"

    /// What is known of one lease.
    public struct Entry: Sendable, Hashable {
        /// Its holder is empty after it was given back.
        public var lease: Lease
        /// From then on, by the clock of whoever looks, anybody may take it.
        public var expires: Timestamp

        public init(_ lease: Lease, expires: Timestamp) {
            self.lease = lease
            self.expires = expires
        }
    }

    private static let acquire: SQL = """
        INSERT INTO leases (name, holder, token, expires)
        VALUES (?1, ?2, (SELECT COALESCE(MAX(token), 0) + 1 FROM leases), ?3)
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = excluded.token, expires = excluded.expires
            WHERE leases.holder = excluded.holder OR leases.holder = '' OR leases.expires <= ?4
        """
    private static let token: SQL = "SELECT token FROM leases WHERE name = ?1"
    private static let renew: SQL = "UPDATE leases SET expires = ?3 WHERE name = ?1 AND token = ?2"
    private static let giveBack: SQL = """
        UPDATE leases SET holder = '', expires = ?3, token = (SELECT MAX(token) + 1 FROM leases)
        WHERE name = ?1 AND token = ?2
        """
    private static let all: SQL = "SELECT name, holder, token, expires FROM leases ORDER BY name"

    /// Takes a lease that is free, has run out by `now`, or is held under the same name by an earlier incarnation.
    ///
    /// - Parameters:
    ///   - holder: never two at a time under one name.
    ///   - duration: how long it lasts without ``renew(_:until:in:)``.
    /// - Returns: nil while somebody else holds it.
    public static func acquire(
        _ name: String, for holder: String, lasting duration: Duration, now: Timestamp, in transaction: Transaction
    ) throws -> Lease? {
        guard try transaction.execute(acquire, name, holder, now + duration, now) > 0,
            let token = try transaction.first(token, name, row: { $0.int64(0) })
        else { return nil }
        return Lease(name: name, holder: holder, token: token)
    }

    /// Makes a lease last until `expires`, also one that has run out and that nobody has taken.
    ///
    /// - Returns: false when it was lost.
    public static func renew(_ lease: Lease, until expires: Timestamp, in transaction: Transaction) throws -> Bool {
        try transaction.execute(renew, lease.name, lease.token, expires) > 0
    }

    /// Gives a lease back, so that others need not wait; what is still done under it is not kept. Without effect for
    /// one that was lost.
    public static func giveBack(_ lease: Lease, now: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(giveBack, lease.name, lease.token, now)
    }

    /// Every lease there has been, by name.
    public static func entries(in transaction: Transaction) throws -> [Entry] {
        try transaction.query(all) { row in
            Entry(Lease(name: row.text(0), holder: row.text(1), token: row.int64(2)), expires: row.timestamp(3))
        }
    }
}
