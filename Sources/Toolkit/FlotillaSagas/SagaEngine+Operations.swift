public import FlotillaCore
public import FlotillaStorage

/// What operators ask and do.
extension SagaEngine {
    private static let list: SQL = """
        SELECT id, type, version, subject, status, steps, current, reason, started_at, updated_at, state, attempts,
            due, since, traceparent, correlation FROM sagas
        WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR subject = ?2) AND id > ?3 ORDER BY id LIMIT ?4
        """
    private static let bySubject: SQL = "SELECT id FROM sagas WHERE subject = ?1 AND type = ?2 ORDER BY id DESC LIMIT 1"
    private static let counts: SQL = "SELECT status, COUNT(*) FROM sagas GROUP BY status"
    private static let hurry: SQL = "UPDATE sagas SET due = ?2 WHERE id = ?1 AND due IS NOT NULL"

    /// The saga with that ID; nil when there is none.
    public func saga(_ id: String) async throws -> SagaRecord? {
        try await database.read { try $0.first(Self.select, id, row: SagaRecord.init) }
    }

    /// Sagas by status and subject, oldest first, at most `limit`, after the ID `after`.
    public func sagas(
        status: SagaRecord.Status? = nil, subject: String? = nil, after: String = "", limit: Int = 100
    ) async throws -> [SagaRecord] {
        try await database.read { transaction in
            try transaction.query(Self.list, status?.rawValue, subject, after, limit, row: SagaRecord.init)
        }
    }

    /// How many sagas there are of each status.
    public func counts() async throws -> [SagaRecord.Status: Int] {
        let rows = try await database.read { try $0.query(Self.counts) { ($0.text(0), $0.int(1)) } }
        return rows.reduce(into: [:]) { counts, row in
            if let status = SagaRecord.Status(rawValue: row.0) { counts[status] = row.1 }
        }
    }

    /// The latest saga of `type` about `subject`.
    public func latest(_ type: String, of subject: String, in transaction: Transaction) throws -> String? {
        try transaction.first(Self.bySubject, subject, type) { $0.text(0) }
    }

    /// Sends the command that is awaited again at once, instead of at its time.
    ///
    /// - Returns: false when the saga awaits nothing.
    public func retryNow(_ id: String, at now: Timestamp) async throws -> Bool {
        try await database.write { try $0.execute(Self.hurry, id, now) > 0 }
    }
}
