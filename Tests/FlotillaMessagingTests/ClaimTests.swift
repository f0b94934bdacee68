internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaStorage
internal import FlotillaTesting
internal import Synchronization
internal import Testing

/// Activities of replicas that share a database.
@Suite("Activities of replicas") struct ClaimTests {
    private static let insert: SQL = "INSERT INTO done (word) VALUES (?1)"

    private let folder: TemporaryFolder
    private let time = ManualTime()
    private let world: World
    private let owner: Database
    private let outbox: Outbox

    init() async throws {
        folder = try TemporaryFolder()
        world = .manual(time)
        owner = try Database(
            path: folder.path(of: "claims.sqlite"),
            migrations: [
                Outbox.migrations, Activities.migrations, LeaseTable.migrations,
                MigrationSet("done", steps: [.init("create", "CREATE TABLE done (word TEXT NOT NULL)")]),
            ], world: world)
        outbox = try await Outbox(producer: "a", database: owner, world: world)
    }

    private final class Stall: Sendable {
        private let flag = Mutex(false)
        var isOn: Bool {
            get { flag.withLock { $0 } }
            set { flag.withLock { $0 = newValue } }
        }
    }

    private func copy(_ name: String, _ stall: Stall, _ performed: Tally) async throws -> (Activities, Database) {
        let now = time.now
        let presence = try await owner.write {
            try LeaseTable.acquire(
                LeaseTable.presence + name, for: name, lasting: .seconds(10), now: now, in: $0)
        }
        let database = Database(sharing: owner, name: name, claim: try #require(presence).token)
        let time = time
        let work = Activity(
            "work",
            perform: { (word: Word, _, _) -> Word in
                performed.add()
                while stall.isOn { try await time.sleep(for: .milliseconds(10)) }
                return Word("\(word.text) by \(name)")
            },
            commit: { transaction, _, _, result in
                try transaction.execute(Self.insert, try result.get().text)
                return []
            })
        let activities = Activities(
            [work], database: database, outbox: outbox, world: world,
            telemetry: .silent(service: "a", world: world))
        return (activities, database)
    }

    private func start(_ id: String, _ activities: Activities, _ database: Database) async throws {
        try await database.write { transaction in
            try activities.start(
                "work", id: id, subject: id, input: Word(id), cause: Cause(traceparent: "", correlationID: ""),
                in: transaction)
        }
    }

    private func done() async throws -> [String] {
        try await owner.read { try $0.query("SELECT word FROM done ORDER BY word") { $0.text(0) } }
    }

    @Test("are done by whoever asked for them, while that one is there")
    func own() async throws {
        let (first, second) = (Stall(), Stall())
        let (firstTally, secondTally) = (Tally(), Tally())
        let (one, oneDatabase) = try await copy("a-1", first, firstTally)
        let (two, twoDatabase) = try await copy("a-2", second, secondTally)
        try await whileRunning([one.run, two.run]) {
            try await start("x", one, oneDatabase)
            try await start("y", two, twoDatabase)
            try await eventually("both are done") { try await done() == ["x by a-1", "y by a-2"] }
            #expect(firstTally.count == 1 && secondTally.count == 1)
        }
    }

    @Test("are taken over from one that is gone, and what it still finishes is not committed")
    func takenOver() async throws {
        let (stalled, lively) = (Stall(), Stall())
        let (firstTally, secondTally) = (Tally(), Tally())
        stalled.isOn = true
        let (one, oneDatabase) = try await copy("a-1", stalled, firstTally)
        let (two, _) = try await copy("a-2", lively, secondTally)
        try await whileRunning([one.run, two.run]) {
            try await start("x", one, oneDatabase)
            try await eventually("it is begun") { firstTally.count == 1 }
            time.advance(by: .seconds(9))
            await settle()
            #expect(secondTally.count == 0, "taken from one that is there")
            // Nobody renews the first one's presence.
            try await eventually("it is taken over", on: time) { try await done() == ["x by a-2"] }
            stalled.isOn = false
            time.advance(by: .seconds(1))
            await settle()
            time.advance(by: .seconds(10))
            await settle()
            #expect(try await done() == ["x by a-2"])
            #expect(try await one.openCount() == 0)
        }
    }

    @Test("are a single one's when there are no replicas any more")
    func alone() async throws {
        let (stall, tally) = (Stall(), Tally())
        let (one, database) = try await copy("a-1", stall, tally)
        try await start("x", one, database)
        database.close()
        let work = Activity(
            "work", perform: { (word: Word, _, _) -> Word in Word("\(word.text) alone") },
            commit: { transaction, _, _, result in
                try transaction.execute(Self.insert, try result.get().text)
                return []
            })
        let single = Activities(
            [work], database: owner, outbox: outbox, world: world, telemetry: .silent(service: "a", world: world))
        try await whileRunning([single.run]) {
            try await eventually("it is done", on: time) { try await done() == ["x alone"] }
        }
    }
}
