internal import FlotillaCore
internal import FlotillaStorage
internal import FlotillaTesting
internal import Synchronization
internal import Testing

@Suite("What the users of a database share in memory") struct SharedObjectTests {
    /// Counts what becomes durable, whoever wrote it.
    private final class Tally: CommitParticipant {
        private let state = Mutex((pending: 0, durable: 0))

        var durable: Int { state.withLock { $0.durable } }
        func note() { state.withLock { $0.pending += 1 } }
        func mark() -> Int { state.withLock { $0.pending } }
        func rollback(to mark: Int) { state.withLock { $0.pending = mark } }
        func committed() { state.withLock { $0 = (0, $0.durable + $0.pending) } }
    }

    private final class Other: Sendable {}

    @Test("one of each type; a participant hears of all commits, also when whoever asked first has gone")
    func shared() async throws {
        let folder = try TemporaryFolder()
        var options = Database.Options()
        options.writer = .inline
        let database = try Database(
            path: folder.path(of: "notes.sqlite"),
            migrations: [MigrationSet("notes", steps: [.init("create", "CREATE TABLE notes (text TEXT)")])],
            world: .manual(), options: options)
        defer { database.close() }
        let first = Database(sharing: database, name: "notes-1", claim: 1)
        let second = Database(sharing: database, name: "notes-2", claim: 2)
        let tally = first.shared { Tally() }
        #expect(second.shared { Tally() } === tally)
        #expect(first.shared { Other() } === second.shared { Other() })
        for user in [first, second] {
            _ = try await user.write { transaction in
                tally.note()
                try transaction.execute("INSERT INTO notes VALUES ('one')")
            }
        }
        #expect(tally.durable == 2)
        first.close()
        _ = try await second.write { transaction in
            tally.note()
            try transaction.execute("INSERT INTO notes VALUES ('more')")
        }
        #expect(tally.durable == 3)
    }
}
