public import FlotillaCore
public import FlotillaStorage

/// An append-only record of what happened, in streams, inside a service's database (event store; Young, Fowler).
///
/// Every operation takes the transaction it belongs to, so events, outbox and read models commit
/// together. A stream's versions run 1, 2, 3 … without gaps; positions run over all streams in the
/// order of appending.
public struct EventStore: Sendable {
    public static let migrations = MigrationSet(
        "events",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE events (
                    position {identity}, stream TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL,
                    data {blob} NOT NULL, at INTEGER NOT NULL, cause TEXT NOT NULL, actor TEXT NOT NULL);
                CREATE UNIQUE INDEX events_by_stream ON events (stream, version);
                CREATE TABLE snapshots (
                    stream TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, schema INTEGER NOT NULL,
                    data {blob} NOT NULL) WITHOUT ROWID;
                """)
        ])

    private static let insert: SQL =
        "INSERT INTO events (stream, version, type, data, at, cause, actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
    private static let version: SQL = "SELECT COALESCE(MAX(version), 0) FROM events WHERE stream = ?1"
    private static let stream: SQL = """
        SELECT position, version, type, data, at, cause, actor, stream FROM events
        WHERE stream = ?1 AND version > ?2 ORDER BY version LIMIT ?3
        """
    /// Up to the first event that is later: a wall clock that went back must not tear a hole into the past.
    private static let streamAsOf: SQL = """
        SELECT position, version, type, data, at, cause, actor, stream FROM events
        WHERE stream = ?1 AND version > ?2
            AND version < (SELECT COALESCE(MIN(version), ?4) FROM events WHERE stream = ?1 AND at > ?3)
        ORDER BY version LIMIT ?5
        """
    private static let all: SQL = """
        SELECT position, version, type, data, at, cause, actor, stream FROM events
        WHERE position > ?1 ORDER BY position LIMIT ?2
        """
    private static let snapshot: SQL = "SELECT version, data FROM snapshots WHERE stream = ?1 AND schema = ?2"
    private static let saveSnapshot: SQL = """
        INSERT INTO snapshots (stream, version, schema, data) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (stream) DO UPDATE SET
            version = excluded.version, schema = excluded.schema, data = excluded.data
        """

    public init() {}

    /// Appends events to a stream.
    ///
    /// - Parameters:
    ///   - expected: the stream's version the decision was based on; 0 for a stream that must be new.
    ///   - cause: the correlation the events belong to.
    ///   - actor: who made it happen, for the audit.
    /// - Returns: the stream's new version.
    /// - Throws: ``VersionConflict`` when somebody else has appended meanwhile.
    @discardableResult
    public func append(
        _ events: [EventRecord], to stream: String, expected: Int, at now: Timestamp, cause: String = "",
        actor: String = "", in transaction: Transaction
    ) throws -> Int {
        // A gap can only come from a caller that expects more than there is. Looked for first, so that
        // whoever catches the conflict has appended nothing.
        if expected > 0, !events.isEmpty, try !exists(stream, version: expected, in: transaction) {
            throw try conflict(stream, expected: expected, in: transaction)
        }
        var version = expected
        do {
            for event in events {
                version += 1
                try transaction.execute(Self.insert, stream, version, event.type, event.data, now, cause, actor)
            }
        } catch let error as StorageError where error.code == .notUnique {
            throw try conflict(stream, expected: expected, in: transaction)
        }
        return version
    }

    /// The version of the last event of a stream; 0 when there is none.
    public func version(of stream: String, in transaction: Transaction) throws -> Int {
        try transaction.first(Self.version, stream) { $0.int(0) } ?? 0
    }

    /// A stream's events after `version`, up to the time `asOf`, in order, at most `limit`.
    public func read(
        _ stream: String, after version: Int = 0, asOf: Timestamp? = nil, limit: Int = 10_000,
        in transaction: Transaction
    ) throws -> [StoredEvent] {
        guard let asOf else {
            return try transaction.query(Self.stream, stream, version, limit, row: StoredEvent.init)
        }
        return try transaction.query(
            Self.streamAsOf, stream, version, asOf, Int64.max, limit, row: StoredEvent.init)
    }

    /// All events after `position`, in the order of appending, at most `limit`: for projections and replay.
    public func readAll(after position: Int64, limit: Int, in transaction: Transaction) throws -> [StoredEvent] {
        try transaction.query(Self.all, position, limit, row: StoredEvent.init)
    }

    /// The last snapshot of a stream that was made with `schema`.
    public func snapshot(
        of stream: String, schema: Int, in transaction: Transaction
    ) throws -> (version: Int, data: [UInt8])? {
        try transaction.first(Self.snapshot, stream, schema) { ($0.int(0), $0.bytes(1)) }
    }

    /// Replaces a stream's snapshot.
    public func save(
        snapshot data: [UInt8], of stream: String, version: Int, schema: Int, in transaction: Transaction
    ) throws {
        try transaction.execute(Self.saveSnapshot, stream, version, schema, data)
    }

    private func conflict(_ stream: String, expected: Int, in transaction: Transaction) throws -> VersionConflict {
        VersionConflict(stream: stream, expected: expected, actual: try version(of: stream, in: transaction))
    }

    private static let exists: SQL = "SELECT 1 FROM events WHERE stream = ?1 AND version = ?2"

    private func exists(_ stream: String, version: Int, in transaction: Transaction) throws -> Bool {
        try transaction.exists(Self.exists, stream, version)
    }
}
