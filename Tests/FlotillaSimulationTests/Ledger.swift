internal import FlotillaCore
internal import FlotillaSimulation
internal import FlotillaStorage

/// A database whose transactions can be told to be whole: each writes several rows, some of them large.
struct Ledger {
    static let migrations = MigrationSet(
        "ledger",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE entries (
                    number INTEGER NOT NULL, part INTEGER NOT NULL, data {blob} NOT NULL, PRIMARY KEY (number, part));
                CREATE TABLE totals (name TEXT PRIMARY KEY NOT NULL, entries INTEGER NOT NULL, bytes INTEGER NOT NULL);
                INSERT INTO totals (name, entries, bytes) VALUES ('all', 0, 0);
                """)
        ])

    static let partsOfEach = 2
    private static let insert: SQL = "INSERT INTO entries (number, part, data) VALUES (?1, ?2, ?3)"
    private static let add: SQL = "UPDATE totals SET entries = entries + 1, bytes = bytes + ?1"
    private static let total: SQL = "SELECT entries, bytes FROM totals"
    private static let sum: SQL =
        "SELECT COUNT(*), COALESCE(SUM(LENGTH(data)), 0), COALESCE(MAX(number), 0) FROM entries"

    let database: Database

    init(on disk: SimulatedDisk, path: String = "/ledger.sqlite") throws {
        var options = disk.options()
        options.writer = .inline
        database = try Database(path: path, migrations: [Self.migrations], world: .manual(), options: options)
    }

    /// Commits entry `number`: two rows and the total.
    func append(_ number: Int, bytes: Int = 10) async throws {
        let data = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: bytes)
        try await database.write { transaction in
            for part in 0..<Self.partsOfEach { try transaction.execute(Self.insert, number, part, data) }
            try transaction.execute(Self.add, Self.partsOfEach * bytes)
        }
    }

    /// The log is merged into the file after every so many pages, so that checkpoints fall among the writes.
    func checkpoint(everyPages pages: Int) async throws {
        try await database.write { transaction in
            _ = try transaction.query(.composed("PRAGMA wal_autocheckpoint = \(pages)")) { $0.int(0) }
        }
    }

    /// What is in it, as far as it is whole.
    struct Contents: Sendable, Hashable {
        let entries: Int
        let bytes: Int
        /// What is wrong with it; nil: nothing.
        let damage: String?
    }

    func contents() async throws -> Contents {
        try await database.read { transaction in
            let check = try transaction.first("PRAGMA integrity_check") { $0.text(0) } ?? "no answer"
            let total = try transaction.first(Self.total) { ($0.int(0), $0.int(1)) } ?? (-1, -1)
            let sum = try transaction.first(Self.sum) { ($0.int(0), $0.int(1), $0.int(2)) } ?? (-1, -1, -1)
            var damage: String?
            if check != "ok" {
                damage = check
            } else if sum.0 != total.0 * Self.partsOfEach || sum.1 != total.1 || sum.2 != total.0 {
                damage = "rows \(sum) do not belong to totals \(total)"
            }
            return Contents(entries: total.0, bytes: total.1, damage: damage)
        }
    }
}
