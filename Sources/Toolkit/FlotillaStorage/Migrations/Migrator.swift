internal import FlotillaCore
internal import Synchronization

/// Applies the steps of migration sets that a database does not have yet.
struct Migrator {
    let connection: Connection
    let world: World

    private static let applied: SQL = "SELECT step, script FROM _migrations WHERE part = ?1 ORDER BY position"
    private static let record: SQL =
        "INSERT INTO _migrations (part, position, step, script, applied_at) VALUES (?1, ?2, ?3, ?4, ?5)"

    private static let isThere: SQL = "SELECT 1 FROM sqlite_master WHERE name = '_migrations'"
    private static let all: SQL = "SELECT part, step, script FROM _migrations ORDER BY part, position"

    func apply(_ sets: [MigrationSet]) throws {
        if try isUpToDate(sets) { return }
        try connection.run(
            """
            CREATE TABLE IF NOT EXISTS _migrations (
                part TEXT NOT NULL, position INTEGER NOT NULL, step TEXT NOT NULL, script TEXT NOT NULL,
                applied_at INTEGER NOT NULL, PRIMARY KEY (part, position)
            ) WITHOUT ROWID
            """)
        for set in sets {
            // All steps of a set in one transaction: a crash leaves the old schema or the new one.
            try connection.run("BEGIN IMMEDIATE")
            do {
                try apply(set)
                try connection.run("COMMIT")
            } catch {
                try? connection.run("ROLLBACK")  // The first error is the one to tell.
                throw error
            }
        }
    }

    /// Whether every step was applied before, as it is now: one look, which is all that most starts need.
    private func isUpToDate(_ sets: [MigrationSet]) throws -> Bool {
        let transaction = Transaction(connection)
        guard try transaction.exists(Self.isThere) else { return false }
        var applied: [String: [MigrationSet.Step]] = [:]
        _ = try transaction.query(Self.all) { row in
            applied[row.text(0), default: []].append(MigrationSet.Step(row.text(1), row.text(2)))
        }
        return sets.allSatisfy { set in
            let steps = applied[set.name] ?? []
            return steps.count == set.steps.count
                && zip(steps, set.steps).allSatisfy { $0.name == $1.name && $0.script == Self.sqlite($1.script) }
        }
    }

    private func apply(_ set: MigrationSet) throws {
        let transaction = Transaction(connection)
        let applied = try transaction.query(Self.applied, set.name) { ($0.text(0), $0.text(1)) }
        guard applied.count <= set.steps.count else {
            throw StorageError(
                .migration,
                "the database has \(applied.count) steps of '\(set.name)', this program knows \(set.steps.count): "
                    + "it was written by a newer version; use that version or a backup")
        }
        for (index, step) in set.steps.enumerated() {
            let script = Self.sqlite(step.script)
            if index < applied.count {
                guard applied[index].0 == step.name, applied[index].1 == script else {
                    throw StorageError(
                        .migration,
                        "step \(index + 1) of '\(set.name)' ('\(step.name)') differs from the one that was applied "
                            + "('\(applied[index].0)'): released steps are never edited; add a new one")
                }
                continue
            }
            try connection.run(script)
            try transaction.execute(Self.record, set.name, index, step.name, script, world.now)
        }
    }

    /// Puts SQLite's words in place of the tokens that stand for what engines spell differently.
    private static func sqlite(_ script: String) -> String {
        if let known = translated.withLock({ $0[script] }) { return known }
        let text =
            script.replacing("{blob}", with: "BLOB").replacing("{identity}", with: "INTEGER PRIMARY KEY AUTOINCREMENT")
        translated.withLock { if $0.count < translatedMax { $0[script] = text } }
        return text
    }

    /// Scripts are parts of the program, so there are few; a process may open many databases with the same ones.
    private static let translated = Mutex<[String: String]>([:])
    private static let translatedMax = 1_024
}
