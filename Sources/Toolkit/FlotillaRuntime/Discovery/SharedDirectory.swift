public import FlotillaCore
public import FlotillaResilience
public import FlotillaStorage
internal import Synchronization

/// The directory that the processes of one machine share: a table in an SQLite file, which needs no server.
///
/// Expiry goes by the machine's wall clock, which all its processes have in common; a process that died is forgotten
/// when its TTL is over, and its rows are removed by whoever writes next. A wall clock that was set forward forgets
/// everybody until their next heartbeat; one that was set back keeps nobody for longer than a TTL after the next write.
///
/// Whoever waits for a change asks the file again and again (``init(path:world:options:pollInterval:)``), which takes
/// some tens of microseconds. Writes are durable commits: meant for heartbeats every few seconds of some hundred
/// instances, not for thousands.
public final class SharedDirectory: InstanceDirectory {
    private let database: Database
    private let time: any TimeSource
    private let pollInterval: Duration
    private let watchers = Atomic(0)

    /// Opens the file, creating it where it does not exist. Several processes may do so at once.
    ///
    /// - Parameter pollInterval: how often a waiting caller asks; it learns of a change that much later.
    /// - Throws: ``FlotillaStorage/StorageError`` when the file cannot be opened or is of a newer version.
    public init(
        path: String, world: World, options: Database.Options = Database.Options(),
        pollInterval: Duration = .milliseconds(250)
    ) throws {
        database = try Database(path: path, migrations: [Self.migrations], world: world, options: options)
        time = world.time
        self.pollInterval = pollInterval
    }

    /// Closes the file. Later calls are refused as unavailable.
    public func close() { database.close() }

    public func register(_ instance: Instance, ttl: Duration) async throws {
        try DirectoryLimits.check(instance, ttl: ttl)
        let now = time.now
        let isIn = try await write { transaction in
            try Self.sweep(transaction, now)
            try transaction.execute(Statement.delete, instance.id.text)
            let count = try transaction.first(Statement.count) { $0.int(0) } ?? 0
            guard count < DirectoryLimits.instancesMax else { return false }
            try transaction.execute(
                Statement.insert, instance.id.text, instance.service, instance.address, instance.zone, instance.weight,
                now, ttl.microseconds, now + ttl)
            for (key, value) in instance.metadata.sorted(by: { $0.key < $1.key }) {
                try transaction.execute(Statement.insertMetadata, instance.id.text, key, value)
            }
            return true
        }
        guard isIn else { throw DirectoryError.full(instancesMax: DirectoryLimits.instancesMax) }
    }

    public func heartbeat(_ id: InstanceID) async throws {
        let now = time.now
        let count = try await write { transaction in
            try Self.sweep(transaction, now)
            return try transaction.execute(Statement.beat, id.text, now)
        }
        guard count > 0 else { throw DirectoryError.unknown(id) }
    }

    public func drain(_ id: InstanceID) async throws {
        let now = time.now
        let count = try await write { try $0.execute(Statement.drain, id.text, now) }
        guard count > 0 else { throw DirectoryError.unknown(id) }
    }

    public func deregister(_ id: InstanceID) async throws {
        _ = try await write { try $0.execute(Statement.delete, id.text) }
    }

    public func instances(of service: String) async throws -> InstanceList {
        let now = time.now
        do {
            return try await database.read { try Self.list(service, now, $0) }
        } catch {
            throw Self.described(error)
        }
    }

    public func instances(
        of service: String, after version: UInt64, within limit: Duration
    ) async throws -> InstanceList {
        let most = DirectoryLimits.watchersMax
        defer { watchers.subtract(1, ordering: .relaxed) }
        guard watchers.add(1, ordering: .relaxed).newValue <= most else {
            throw DirectoryError.busy(watchersMax: most)
        }
        let end = time.uptime + limit
        while true {
            let list = try await instances(of: service)
            let left = end - time.uptime
            guard list.version == version, left > .zero else { return list }
            try await time.sleep(for: min(pollInterval, left))
        }
    }

    private func write<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        do { return try await database.write(body) } catch { throw Self.described(error) }
    }

    /// Removes those whose time is over, and lets nobody have more time than a TTL from now.
    private static func sweep(_ transaction: Transaction, _ now: Timestamp) throws {
        try transaction.execute(Statement.deleteExpired, now)
        try transaction.execute(Statement.shorten, now)
    }

    private static func list(_ service: String, _ now: Timestamp, _ transaction: Transaction) throws -> InstanceList {
        var metadata: [String: [String: String]] = [:]
        let pairs = try transaction.query(Statement.metadata, service, now) { ($0.text(0), $0.text(1), $0.text(2)) }
        for (id, key, value) in pairs { metadata[id, default: [:]][key] = value }
        let records = try transaction.query(Statement.list, service, now) { row in
            let instance = Instance(
                id: InstanceID(unchecked: row.text(0)), service: service, address: row.text(1),
                zone: row.optionalText(2), weight: row.int(3), metadata: metadata[row.text(0)] ?? [:])
            return InstanceRecord(instance: instance, isDraining: row.bool(4), registeredAt: row.timestamp(5))
        }
        return InstanceList(service: service, records: records)
    }

    private static func described(_ error: any Error) -> any Error {
        guard let error = error as? StorageError else { return error }
        return DirectoryError.unavailable(error.message)
    }
}

extension SharedDirectory {
    /// The tables of the file.
    static let migrations = MigrationSet(
        "instances",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE instances (
                    id TEXT PRIMARY KEY NOT NULL, service TEXT NOT NULL, address TEXT NOT NULL, zone TEXT,
                    weight INTEGER NOT NULL, draining INTEGER NOT NULL DEFAULT 0, registered_at INTEGER NOT NULL,
                    ttl INTEGER NOT NULL, expires_at INTEGER NOT NULL);
                CREATE INDEX instances_by_service ON instances (service, id);
                CREATE TABLE instance_metadata (
                    id TEXT NOT NULL REFERENCES instances (id) ON DELETE CASCADE, name TEXT NOT NULL,
                    value TEXT NOT NULL, PRIMARY KEY (id, name));
                """)
        ])

    private enum Statement {
        static let delete: SQL = "DELETE FROM instances WHERE id = ?1"
        static let deleteExpired: SQL = "DELETE FROM instances WHERE expires_at <= ?1"
        static let shorten: SQL = "UPDATE instances SET expires_at = ?1 + ttl WHERE expires_at > ?1 + ttl"
        static let count: SQL = "SELECT COUNT(*) FROM instances"
        static let insert: SQL = """
            INSERT INTO instances (id, service, address, zone, weight, registered_at, ttl, expires_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """
        static let insertMetadata: SQL = "INSERT INTO instance_metadata (id, name, value) VALUES (?1, ?2, ?3)"
        static let beat: SQL = "UPDATE instances SET expires_at = ?2 + ttl WHERE id = ?1 AND expires_at > ?2"
        static let drain: SQL = "UPDATE instances SET draining = 1 WHERE id = ?1 AND expires_at > ?2"
        static let list: SQL = """
            SELECT id, address, zone, weight, draining, registered_at FROM instances
            WHERE service = ?1 AND expires_at > ?2 ORDER BY id
            """
        static let metadata: SQL = """
            SELECT m.id, m.name, m.value FROM instance_metadata m JOIN instances i ON i.id = m.id
            WHERE i.service = ?1 AND i.expires_at > ?2
            """
    }
}
