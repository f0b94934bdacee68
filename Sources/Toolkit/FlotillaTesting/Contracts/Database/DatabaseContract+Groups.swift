internal import FlotillaStorage
internal import Synchronization
internal import Testing

/// Writes that share a commit.
extension DatabaseContract {
    static let groups: [ContractCase<DatabaseEngine>] = [
        ContractCase("writes that wait together share one commit, and are told after it") { engine in
            let database = try engine.open()
            let commits = CommitCounter()
            database.add(commits)
            let results = try await inOneGroup(of: database, (0..<20).map { number in
                { @Sendable in try $0.execute(Probe.insert, "n\(number)", number) }
            })
            // A failure is nil, which is not 1.
            #expect(results.map { try? $0.get() } == Array(repeating: 1, count: 20))
            // One commit for the write that held the writer up, one for all the others.
            #expect(commits.count == 2)
            #expect(try await Probe.names(in: database).count == 20)
        },
        ContractCase("a member that throws after it wrote loses its own writes only") { engine in
            let database = try engine.open()
            let results = try await inOneGroup(of: database, (0..<9).map { number in
                { @Sendable in
                    try $0.execute(Probe.insert, "n\(number)", number)
                    if number % 3 == 1 { throw Deliberate() }
                    return number
                }
            })
            for (number, result) in results.enumerated() {
                if number % 3 == 1 {
                    #expect(throws: Deliberate.self) { try result.get() }
                } else {
                    #expect(try result.get() == number)
                }
            }
            #expect(try await Probe.names(in: database) == ["n0", "n2", "n3", "n5", "n6", "n8"])
        },
        ContractCase("a member that throws before it writes disturbs nobody: the others run once") { engine in
            let database = try engine.open()
            let runs = Tally()
            let results = try await inOneGroup(of: database, (0..<4).map { number in
                { @Sendable transaction in
                    if number == 1 {
                        _ = try transaction.query(Probe.names) { $0.text(0) }
                        throw Deliberate()
                    }
                    runs.add()
                    return try transaction.execute(Probe.insert, "n\(number)", number)
                }
            })
            #expect(throws: Deliberate.self) { try results[1].get() }
            #expect(runs.count == 3)
            #expect(try await Probe.names(in: database) == ["n0", "n2", "n3"])
        },
        ContractCase("a group in which all throw leaves nothing, and the next one works") { engine in
            let database = try engine.open()
            let results = try await inOneGroup(of: database, (0..<5).map { number in
                { @Sendable transaction -> Int in
                    try transaction.execute(Probe.insert, "n\(number)", number)
                    throw Deliberate(word: "n\(number)")
                }
            })
            for (number, result) in results.enumerated() {
                #expect(throws: Deliberate(word: "n\(number)")) { try result.get() }
            }
            #expect(try await Probe.names(in: database).isEmpty)
            #expect(try await database.write { try $0.execute(Probe.insert, "later", 1) } == 1)
        },
        ContractCase("a member sees what those before it wrote, and not what a failed one wrote") { engine in
            let database = try engine.open()
            let results = try await inOneGroup(of: database, (0..<6).map { number in
                { @Sendable transaction -> [String] in
                    let seen = try transaction.query(Probe.names) { $0.text(0) }
                    try transaction.execute(Probe.insert, "n\(number)", number)
                    if number == 2 { throw Deliberate() }
                    return seen
                }
            })
            #expect(try results[5].get() == ["n0", "n1", "n3", "n4"])
        },
        ContractCase("a statement that fails can be caught: its member goes on, the others are safe") { engine in
            let database = try engine.open()
            let results = try await inOneGroup(of: database, (0..<4).map { number in
                { @Sendable transaction in
                    do {
                        try transaction.execute(Probe.insert, "same", number)
                    } catch let error as StorageError where error.code == .notUnique {
                        try transaction.execute(Probe.insert, "other\(number)", number)
                    }
                    return number
                }
            })
            // Which failure it is does not matter: there must be none.
            #expect(results.allSatisfy { (try? $0.get()) != nil })
            #expect(try await Probe.names(in: database) == ["other1", "other2", "other3", "same"])
        },
        ContractCase("what was collected for a failed member is forgotten, and told for the others in order") {
            engine in
            let database = try engine.open()
            let collector = Collector()
            database.add(collector)
            _ = try await inOneGroup(of: database, (0..<6).map { number in
                { @Sendable transaction in
                    try transaction.execute(Probe.insert, "n\(number)", number)
                    collector.collect(number)
                    if number.isMultiple(of: 2) { throw Deliberate() }
                    return number
                }
            })
            #expect(collector.told == [1, 3, 5])
        },
        ContractCase("a member that only collected before it threw leaves nothing behind") { engine in
            let database = try engine.open()
            let collector = Collector()
            database.add(collector)
            _ = try await inOneGroup(of: database, (0..<3).map { number in
                { @Sendable transaction in
                    collector.collect(number)
                    if number == 1 { throw Deliberate() }
                    return try transaction.execute(Probe.insert, "n\(number)", number)
                }
            })
            #expect(collector.told == [0, 2])
        },
        ContractCase("a thousand increments at once are a thousand") { engine in
            let database = try engine.open()
            _ = try await database.write { try $0.execute(Probe.insert, "counter", 0) }
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<1_000 {
                    group.addTask { _ = try await database.write { try $0.execute(Probe.increment, "counter") } }
                }
            }
            let number = try await database.read { try $0.first(Probe.number, "counter") { $0.int(0) } }
            #expect(number == 1_000)
        },
        ContractCase("writing in the caller keeps the same rules, one commit each") { engine in
            var options = Database.Options()
            options.writer = .inline
            let database = try engine.open(options: options)
            let collector = Collector()
            database.add(collector)
            _ = try await database.write { transaction in
                collector.collect(1)
                return try transaction.execute(Probe.insert, "a", 1)
            }
            await #expect(throws: Deliberate.self) {
                try await database.write { transaction in
                    collector.collect(2)
                    try transaction.execute(Probe.insert, "b", 1)
                    throw Deliberate()
                }
            }
            #expect(try await Probe.names(in: database) == ["a"])
            #expect(collector.told == [1])
        },
    ]

    /// Runs `members` as one group: the writer is held up until all of them wait, in order.
    static func inOneGroup<Result: Sendable>(
        of database: Database, _ members: [@Sendable (Transaction) throws -> Result]
    ) async throws -> [Swift.Result<Result, any Error>] {
        let gate = ThreadGate()
        return try await withThrowingTaskGroup(of: Indexed<Result>.self) { group in
            async let opened = database.write { _ in gate.pass() }
            try await eventually("the writer is held up") { gate.wasReached }
            for (index, member) in members.enumerated() {
                group.addTask { await Indexed(index: index) { try await database.write(member) } }
                try await eventually("the write waits") { database.queuedWrites == index + 1 }
            }
            gate.open()
            #expect(try await opened, "the writer waited in vain")
            let results = try await group.reduce(into: []) { $0.append($1) }
            return results.sorted { $0.index < $1.index }.map(\.result)
        }
    }
}

/// What came of one of several tasks.
private struct Indexed<Value: Sendable>: Sendable {
    var index: Int
    var result: Result<Value, any Error>

    init(index: Int, _ body: () async throws -> Value) async {
        self.index = index
        do { result = .success(try await body()) } catch { result = .failure(error) }
    }
}

/// Counts the commits of a database.
final class CommitCounter: CommitParticipant {
    private let state = Mutex(0)

    var count: Int { state.withLock { $0 } }

    func mark() -> Int { 0 }
    func rollback(to mark: Int) {}
    func committed() { state.withLock { $0 += 1 } }
}

/// Collects numbers while transactions run, as the outbox collects messages.
final class Collector: CommitParticipant {
    private let state = Mutex((pending: [Int](), told: [Int]()))

    /// What has become durable, in order.
    var told: [Int] { state.withLock { $0.told } }

    func collect(_ number: Int) { state.withLock { $0.pending.append(number) } }

    func mark() -> Int { state.withLock { $0.pending.count } }
    func rollback(to mark: Int) { state.withLock { $0.pending.removeSubrange(mark...) } }
    func committed() {
        state.withLock { state in
            state.told += state.pending
            state.pending = []
        }
    }
}
