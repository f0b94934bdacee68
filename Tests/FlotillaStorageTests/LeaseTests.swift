internal import FlotillaCore
internal import FlotillaStorage
internal import FlotillaTesting
internal import Testing

/// Leases: one holder at a time, and nobody else commits.
@Suite("A lease") struct LeaseTests {
    private static let notes = MigrationSet(
        "notes", steps: [.init("create", "CREATE TABLE notes (text TEXT NOT NULL)")])
    private static let insert: SQL = "INSERT INTO notes (text) VALUES (?1)"

    private let folder: TemporaryFolder
    private let database: Database
    private let start = Timestamp(seconds: 1_767_225_600)

    init() throws {
        folder = try TemporaryFolder()
        var options = Database.Options()
        options.writer = .inline
        database = try Database(
            path: folder.path(of: "leases.sqlite"), migrations: [LeaseTable.migrations, Self.notes], world: .manual(),
            options: options)
    }

    private func acquire(_ name: String, _ holder: String, at seconds: Int64) async throws -> Lease? {
        let now = start + .seconds(seconds)
        return try await database.write {
            try LeaseTable.acquire(name, for: holder, lasting: .seconds(10), now: now, in: $0)
        }
    }

    private func renew(_ lease: Lease, at seconds: Int64) async throws -> Bool {
        let expires = start + .seconds(seconds + 10)
        return try await database.write { try LeaseTable.renew(lease, until: expires, in: $0) }
    }

    private func notes() async throws -> [String] {
        try await database.read { try $0.query("SELECT text FROM notes ORDER BY text") { $0.text(0) } }
    }

    @Test("has one holder until it runs out, and a higher token with each")
    func takeover() async throws {
        let first = try #require(try await acquire("consumer", "a", at: 0))
        #expect(try await acquire("consumer", "b", at: 9) == nil)
        let second = try #require(try await acquire("consumer", "b", at: 10))
        #expect(second.token > first.token)
        #expect(try await acquire("consumer", "a", at: 19) == nil)
        // Tokens rise over all names, so that one of them tells two incarnations apart whatever they hold.
        let other = try #require(try await acquire("schedule", "a", at: 0))
        #expect(other.token > second.token)
    }

    @Test("is renewed by its holder, also late, as long as nobody has taken it")
    func renewal() async throws {
        let lease = try #require(try await acquire("consumer", "a", at: 0))
        #expect(try await renew(lease, at: 8))
        #expect(try await acquire("consumer", "b", at: 12) == nil)
        #expect(try await renew(lease, at: 60), "it had run out, and nobody was there")
        #expect(try await acquire("consumer", "b", at: 65) == nil)
        _ = try #require(try await acquire("consumer", "b", at: 70))
        #expect(try await renew(lease, at: 71) == false)
    }

    @Test("that was lost guards nothing: a stalled holder commits nothing, and its successor does")
    func fencing() async throws {
        let stale = try #require(try await acquire("consumer", "a", at: 0))
        let present = try #require(try await acquire("consumer", "b", at: 30))
        await #expect(throws: LeaseLost(lease: stale)) {
            try await database.write { transaction in
                try transaction.execute(Self.insert, "stale")
                try stale.guard(in: transaction)
            }
        }
        try await database.write { transaction in
            try present.guard(in: transaction)
            try transaction.execute(Self.insert, "present")
        }
        #expect(try await notes() == ["present"])
    }

    @Test("is taken by a clock that is ahead, and the holder it was taken from is fenced all the same")
    func skew() async throws {
        let slow = try #require(try await acquire("consumer", "a", at: 0))
        // b's clock is half a minute ahead of a's, for whom no time has passed.
        let early = try #require(try await acquire("consumer", "b", at: 30))
        #expect(try await acquire("consumer", "a", at: 0) == nil)
        #expect(try await renew(slow, at: 1) == false)
        try await database.write { try early.guard(in: $0) }
        // A clock that is behind makes whoever uses it wait, and nothing worse.
        #expect(try await acquire("consumer", "c", at: -30) == nil)
    }

    @Test("is at once its holder's next incarnation's, and the earlier one is fenced")
    func incarnations() async throws {
        let before = try #require(try await acquire("consumer", "a", at: 0))
        let after = try #require(try await acquire("consumer", "a", at: 1))
        #expect(after.token > before.token)
        await #expect(throws: LeaseLost.self) { try await database.write { try before.guard(in: $0) } }
        try await database.write { try after.guard(in: $0) }
    }

    @Test("that was given back is free, and what is still done under it is not kept")
    func givenBack() async throws {
        let lease = try #require(try await acquire("consumer", "a", at: 0))
        try await database.write { try LeaseTable.giveBack(lease, now: start, in: $0) }
        await #expect(throws: LeaseLost.self) { try await database.write { try lease.guard(in: $0) } }
        let next = try #require(try await acquire("consumer", "b", at: 1))
        // Giving back what was lost takes nothing from whoever has it now.
        try await database.write { try LeaseTable.giveBack(lease, now: start, in: $0) }
        try await database.write { try next.guard(in: $0) }
        let entries = try await database.read { try LeaseTable.entries(in: $0) }
        #expect(entries.map(\.lease) == [next])
    }

    @Test("goes to one of those that race for it")
    func race() async throws {
        let winners = try await withThrowingTaskGroup(of: Lease?.self) { group in
            for number in 0..<8 { group.addTask { try await acquire("consumer", "replica \(number)", at: 0) } }
            var winners: [Lease] = []
            for try await lease in group { if let lease { winners.append(lease) } }
            return winners
        }
        #expect(winners.count == 1)
    }

    @Test("outlives its database's end, with the token that was durable")
    func reopened() async throws {
        let lease = try #require(try await acquire("consumer", "a", at: 0))
        database.close()
        let again = try Database(
            path: folder.path(of: "leases.sqlite"), migrations: [LeaseTable.migrations, Self.notes], world: .manual())
        defer { again.close() }
        try await again.write { try lease.guard(in: $0) }
        let now = start + .seconds(5)
        let other = try await again.write {
            try LeaseTable.acquire("consumer", for: "b", lasting: .seconds(10), now: now, in: $0)
        }
        #expect(other == nil)
    }

    // MARK: Several users of a database

    @Test("guards every write that is made under it, and of shared databases only")
    func ambient() async throws {
        let user = Database(sharing: database, name: "notes-1", claim: 1)
        let stale = try #require(try await acquire("consumer", "a", at: 0))
        try await user.working(under: stale) { try await user.write { try $0.execute(Self.insert, "held") } }
        _ = try #require(try await acquire("consumer", "b", at: 30))
        await #expect(throws: LeaseLost.self) {
            try await user.working(under: stale) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    // Also in tasks below, however deep.
                    group.addTask { try await user.write { _ = try $0.execute(Self.insert, "lost") } }
                    try await group.waitForAll()
                }
            }
        }
        try await user.write { try $0.execute(Self.insert, "without") }
        try await database.working(under: stale) { try await database.write { try $0.execute(Self.insert, "owner") } }
        #expect(try await notes() == ["held", "owner", "without"])
    }

    @Test("does not matter to a user that is shut out, while the others go on")
    func shutOut() async throws {
        let (first, second) = (
            Database(sharing: database, name: "notes-1", claim: 1),
            Database(sharing: database, name: "notes-2", claim: 2)
        )
        #expect(first.isShared && !database.isShared && first.claim == 1 && database.claim == 0)
        try await first.write { try $0.execute(Self.insert, "first") }
        first.close()
        await #expect(throws: StorageError.self) { try await first.write { try $0.execute(Self.insert, "dead") } }
        await #expect(throws: StorageError.self) { try await first.read { try $0.exists("SELECT 1") } }
        try await second.write { try $0.execute(Self.insert, "second") }
        #expect(try await notes() == ["first", "second"])
    }
}
