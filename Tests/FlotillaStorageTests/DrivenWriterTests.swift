internal import FlotillaCore
internal import FlotillaStorage
internal import FlotillaTesting
internal import Synchronization
internal import Testing

/// Writes in the caller, as simulations do them.
@Suite("A driven writer") struct DrivenWriterTests {
    private static let table = MigrationSet(
        "words", steps: [.init("create", "CREATE TABLE words (word TEXT PRIMARY KEY NOT NULL)")])
    private static let insert: SQL = "INSERT INTO words (word) VALUES (?1)"
    private static let words: SQL = "SELECT word FROM words ORDER BY word"

    private let folder: TemporaryFolder
    private let gate = PauseGate()

    init() throws { folder = try TemporaryFolder() }

    private func open(_ change: (inout Database.Options) -> Void = { _ in }) throws -> Database {
        var options = Database.Options()
        options.writer = .driven { [gate] in await gate.pass() }
        change(&options)
        return try Database(
            path: folder.path(of: "driven.sqlite"), migrations: [Self.table], world: .manual(), options: options)
    }

    private func words(in database: Database) async throws -> [String] {
        try await database.read { try $0.query(Self.words) { $0.text(0) } }
    }

    private static func add(_ word: String, to database: Database) async throws {
        try await database.write { _ = try $0.execute(insert, word) }
    }

    /// Starts `count` writes while the gate is closed and waits until all of them are queued.
    private func queue(
        _ count: Int, on database: Database, in group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws {
        for number in 0..<count {
            group.addTask { try await Self.add("word \(number)", to: database) }
        }
        try await eventually("\(count) writes wait") { database.queuedWrites == count }
    }

    @Test("what is queued during the pause shares one commit")
    func group() async throws {
        let database = try open()
        let commits = CommitCounter()
        database.add(commits)
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await queue(20, on: database, in: &group)
            #expect(try await words(in: database).isEmpty)
            gate.open()
            try await group.waitForAll()
        }
        #expect(commits.count == 1)
        #expect(try await words(in: database).count == 20)
        try await database.write { try $0.execute(Self.insert, "alone") }
        #expect(commits.count == 2)
    }

    @Test("one that is cancelled during the pause is withdrawn, and only that one")
    func cancelled() async throws {
        let database = try open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await queue(1, on: database, in: &group)
            let isCancelled = await withTaskGroup(of: Bool.self) { inner in
                inner.addTask {
                    do {
                        try await database.write { try $0.execute(Self.insert, "never") }
                        return false
                    } catch {
                        return error is CancellationError
                    }
                }
                while database.queuedWrites < 2 { await Task.yield() }
                inner.cancelAll()
                return await inner.next() ?? false
            }
            #expect(isCancelled)
            #expect(database.queuedWrites == 1)
            gate.open()
            try await group.waitForAll()
        }
        #expect(try await words(in: database) == ["word 0"])
    }

    @Test("closing during the pause answers every caller, and keeps what it answers")
    func closed() async throws {
        let database = try open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await queue(5, on: database, in: &group)
            database.close()
            gate.open()
            try await group.waitForAll()
        }
        let error = await #expect(throws: StorageError.self) {
            try await database.write { try $0.execute(Self.insert, "too late") }
        }
        #expect(error?.code == .closed)
        #expect(try await words(in: try open()).count == 5)
    }

    @Test("one more than may wait is refused at once")
    func full() async throws {
        let database = try open { $0.queuedWritesMax = 3 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await queue(3, on: database, in: &group)
            gate.open()
            try await group.waitForAll()
        }
        let held = PauseGate()
        let other = try open { options in
            options.queuedWritesMax = 0
            options.writer = .driven { await held.pass() }
        }
        held.open()
        let error = await #expect(throws: StorageError.self) {
            try await other.write { try $0.execute(Self.insert, "one too many") }
        }
        #expect(error?.code == .queueFull)
        #expect(try await words(in: database).count == 3)
    }

    @Test("other bounds hold for the next write and the next commit; what waits goes on waiting")
    func adopt() async throws {
        let database = try open { $0.queuedWritesMax = 1 }
        let commits = CommitCounter()
        database.add(commits)
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await queue(1, on: database, in: &group)
            database.adopt(queuedWritesMax: 3, groupWritesMax: 1)
            for number in 0..<2 { group.addTask { try await Self.add("more \(number)", to: database) } }
            try await eventually("three writes wait") { database.queuedWrites == 3 }
            database.adopt(queuedWritesMax: 2, groupWritesMax: 1)
            #expect(database.queuedWrites == 3 && database.queuedWritesMax == 2 && database.groupWritesMax == 1)
            group.addTask {
                let error = await #expect(throws: StorageError.self) { try await Self.add("too many", to: database) }
                #expect(error?.code == .queueFull && error?.detail.contains("2 writes are waiting") == true)
            }
            try await eventually("all four have come") { gate.passes == 4 }
            gate.open()
            try await group.waitForAll()
        }
        #expect(try await words(in: database).count == 3)
        #expect(commits.count == 3, "one write each")
    }

    @Test("a member that fails takes nobody with it")
    func failure() async throws {
        let database = try open()
        let refused = try await withThrowingTaskGroup(of: Void.self) { group in
            try await queue(3, on: database, in: &group)
            for number in 0..<2 {
                // The same words again.
                group.addTask { try await Self.add("word \(number)", to: database) }
            }
            try await eventually("all wait") { database.queuedWrites == 5 }
            gate.open()
            var refused = 0
            while let result = await group.nextResult() {
                guard case .failure(let error) = result else { continue }
                #expect((error as? StorageError)?.code == .notUnique)
                refused += 1
            }
            return refused
        }
        #expect(refused == 2)
        #expect(try await words(in: database).count == 3)
    }

    @Test("inline writes of many threads all get their answers")
    func inline() async throws {
        let database = try open { $0.writer = .inline }
        try await withThrowingDiscardingTaskGroup { group in
            for writer in 0..<8 {
                group.addTask {
                    for number in 0..<40 {
                        let rows = try await database.write { try $0.execute(Self.insert, "\(writer)-\(number)") }
                        #expect(rows == 1)
                    }
                }
            }
        }
        #expect(try await words(in: database).count == 320)
    }

    @Test("statements can be rewritten before they are prepared, reads as well; migrations are not")
    func rewritten() async throws {
        let plain = try open { $0.writer = .inline }
        try await plain.write { try $0.execute(Self.insert, "once") }
        await #expect(throws: StorageError.self) {
            try await plain.write { try $0.execute(Self.insert, "once") }
        }
        let seen = Tally()
        let rewriting = try open { options in
            options.writer = .inline
            options.statements = { sql in
                if sql.contains("CREATE TABLE") { seen.add() }
                if sql.hasPrefix("INSERT INTO words") { return "INSERT OR IGNORE" + sql.dropFirst(6) }
                return sql == "SELECT word FROM words ORDER BY word" ? "SELECT 'another' FROM words" : sql
            }
        }
        #expect(try await rewriting.write { try $0.execute(Self.insert, "once") } == 0)
        #expect(try await rewriting.write { try $0.execute(Self.insert, "twice") } == 1)
        #expect(try await words(in: rewriting) == ["another", "another"])
        #expect(seen.count == 0)
    }
}

/// Holds up who passes until it is opened, or until they are cancelled, as simulated time does.
private final class PauseGate: Sendable {
    private struct State {
        var isOpen = false
        var passes = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// How many have come so far.
    var passes: Int { state.withLock { $0.passes } }

    func pass() async {
        let number = state.withLock { state in
            state.passes += 1
            return state.passes
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mayPass = state.withLock { state in
                    if state.isOpen || Task.isCancelled { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if mayPass { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }
}

private final class CommitCounter: CommitParticipant {
    private let commits = Tally()

    var count: Int { commits.count }

    func mark() -> Int { 0 }
    func rollback(to mark: Int) {}
    func committed() { commits.add() }
}
