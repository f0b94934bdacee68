internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Sessions in the database: one row for each sign-in, however often it is renewed.
struct SessionStore: Sendable {
    private static let insert: SQL = """
        INSERT INTO sessions (id, user_id, generation, digest, created_at, renewed_at, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        """
    private static let endOldest: SQL = """
        DELETE FROM sessions WHERE user_id = ?1 AND id NOT IN (
            SELECT id FROM sessions WHERE user_id = ?1 ORDER BY renewed_at DESC, id DESC LIMIT ?2)
        """
    private static let select: SQL = """
        SELECT id, user_id, generation, digest, created_at, renewed_at, expires_at, revoked_at
        FROM sessions WHERE id = ?1
        """
    private static let update: SQL = """
        UPDATE sessions SET generation = ?2, digest = ?3, renewed_at = ?4, expires_at = ?5, revoked_at = ?6
        WHERE id = ?1
        """
    private static let revoke: SQL = """
        UPDATE sessions SET revoked_at = ?3 WHERE id = ?1 AND user_id = ?2 AND revoked_at IS NULL
        """
    private static let prune: SQL = """
        DELETE FROM sessions WHERE id IN (
            SELECT id FROM sessions WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)
        """

    /// Adds a session and ends the user's oldest beyond ``Session/countMax``.
    func insert(_ session: Session, in transaction: Transaction) throws {
        try transaction.execute(Self.endOldest, session.userID.text, Session.countMax - 1)
        try transaction.execute(
            Self.insert, session.id.text, session.userID.text, session.generation, session.digest, session.createdAt,
            session.renewedAt, session.expiresAt)
    }

    func find(_ id: SessionID, in transaction: Transaction) throws -> Session? {
        try transaction.first(Self.select, id.text) { row in
            Session(
                id: SessionID(unchecked: row.text(0)), userID: UserID(unchecked: row.text(1)),
                generation: row.int(2), digest: row.bytes(3), createdAt: row.timestamp(4),
                renewedAt: row.timestamp(5), expiresAt: row.timestamp(6), revokedAt: row.optionalTimestamp(7))
        }
    }

    func update(_ session: Session, in transaction: Transaction) throws {
        try transaction.execute(
            Self.update, session.id.text, session.generation, session.digest, session.renewedAt, session.expiresAt,
            session.revokedAt)
    }

    /// Ends a session of that user; without effect when it is over or somebody else's.
    func revoke(_ id: SessionID, of userID: UserID, at now: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(Self.revoke, id.text, userID.text, now)
    }

    /// Deletes sessions that have expired, at most `limit`.
    ///
    /// - Returns: how many there were.
    func prune(now: Timestamp, limit: Int, in transaction: Transaction) throws -> Int {
        try transaction.execute(Self.prune, now, limit)
    }
}
