internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaRuntime
internal import FlotillaStorage
internal import FlotillaTesting
internal import HTTPTypes
internal import Synchronization
internal import Testing

/// Several copies of a service: work is done by one of them at a time, and moves.
@Suite("Replicas of a service") struct ReplicaTests {
    private static let ping = "test.ping.v1"
    private static let insert: SQL = "INSERT INTO heard (subject) VALUES (?1)"
    private static let heard: SQL = "SELECT subject FROM heard ORDER BY position"
    private static let table = MigrationSet(
        "heard", steps: [.init("create", "CREATE TABLE heard (position {identity}, subject TEXT NOT NULL)")])

    private struct Bench: Sendable {
        let fleet: Fleet
        let time: ManualTime
        let tidied: Tally

        func send(_ subject: String) async throws {
            let sender = try #require(fleet.instance(of: "mouth"))
            let context = CallContext.root(fleet.options.world, timeout: .seconds(5))
            let message = Outgoing(type: ReplicaTests.ping, subject: subject, data: [])
            try await sender.database.write { try sender.outbox.append([message], cause: Cause(context), in: $0) }
        }

        func heard() async throws -> [String] {
            let ear = try #require(fleet.instance(of: "ear"))
            return try await ear.database.read { try $0.query(ReplicaTests.heard) { $0.text(0) } }
        }

        func pieces(_ number: Int) -> Set<String> { Set(fleet.instance(of: Replica("ear", number))?.pieces ?? []) }

        /// Waits until `number` does everything there is to do.
        func all(of number: Int) async throws {
            try await eventually("replica \(number) does everything", on: time) {
                pieces(number) == ["outbox", "consumer", "job tidy"]
            }
        }
    }

    private func run(replicas: Int = 2, _ body: @escaping @Sendable (Bench) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let (time, tidied) = (ManualTime(), Tally())
        var ear = ProbeService("ear", consumes: [Self.ping]) { needs in
            var routes = Routes()
            routes.addRaw(.get, "/me", access: .anyone, summary: "Which", produces: "text/plain") { _ in
                .text(String(needs.database.claim))
            }
            return ServiceParts(
                routes: routes,
                handlers: [
                    MessageHandler(type: Self.ping) { transaction, delivery in
                        try transaction.execute(Self.insert, delivery.subject)
                        return []
                    }
                ], jobs: [Job("tidy", every: .seconds(1)) { _ in tidied.add() }])
        }
        ear.migrations = [Self.table]
        var options = FleetOptions(dataFolder: folder.path, world: .manual(time))
        options.replicas = ["ear": replicas]
        let fleet = Fleet(try FleetMap([ear, ProbeService("mouth", publishes: [Self.ping])]), options: options)
        let (ready, readySink) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { readySink.finish() }
                try await fleet.run { readySink.finish() }
            }
            for await _ in ready {}
            guard fleet.isServing else { return try await group.waitForAll() }
            try await body(Bench(fleet: fleet, time: time, tidied: tidied))
            group.cancelAll()
        }
    }

    @Test("share the work among them, answer in turn, and hear each message once")
    func share() async throws {
        try await run { bench in
            #expect(bench.fleet.condition(of: "ear") == "running")
            try await eventually("both have work", on: bench.time) {
                !bench.pieces(1).isEmpty && !bench.pieces(2).isEmpty
                    && bench.pieces(1).union(bench.pieces(2)).count == 3
            }
            #expect(bench.pieces(1).isDisjoint(with: bench.pieces(2)))
            #expect(bench.fleet.instance(of: "mouth")?.pieces == nil)
            var answers: Set<String> = []
            for _ in 0..<2 {
                let responder = try #require(bench.fleet.responder(for: "ear"))
                let bytes = try await responder.respond(to: Request(.get, "/me")).collect()
                answers.insert(String(decoding: bytes, as: UTF8.self))
            }
            #expect(answers.count == 2)
            for number in 0..<20 { try await bench.send("\(number)") }
            try await eventually("all were heard", on: bench.time) { try await bench.heard().count >= 20 }
            #expect(try await bench.heard() == (0..<20).map(String.init))
        }
    }

    @Test("give their work to the others when they are stopped, and get it back")
    func drain() async throws {
        try await run { bench in
            try await eventually("both have work", on: bench.time) {
                !bench.pieces(1).isEmpty && !bench.pieces(2).isEmpty
            }
            try await bench.fleet.stop(Replica("ear", 2))
            #expect(bench.fleet.condition(of: "ear") == "1 of 2 replicas run")
            #expect(bench.fleet.isServing)
            try await bench.all(of: 1)
            try await bench.send("after the drain")
            try await eventually("it was heard", on: bench.time) { try await bench.heard() == ["after the drain"] }
            try await bench.fleet.start(Replica("ear", 2))
            try await bench.fleet.stop(Replica("ear", 1))
            try await bench.all(of: 2)
            try await bench.send("by the other")
            try await eventually("it was heard", on: bench.time) { try await bench.heard().count == 2 }
            let tidied = bench.tidied.count
            try await eventually("jobs go on", on: bench.time) { bench.tidied.count > tidied }
            try await bench.fleet.stop("ear")
            #expect(bench.fleet.condition(of: "ear") == "stopped")
            #expect(!bench.fleet.isServing)
        }
    }

    @Test("that are killed write nothing more, and lose their work when their leases have run out")
    func kill() async throws {
        try await run { bench in
            try await eventually("both have work", on: bench.time) {
                !bench.pieces(1).isEmpty && !bench.pieces(2).isEmpty
            }
            let second = try #require(bench.fleet.instance(of: Replica("ear", 2)))
            let killedAt = bench.time.uptime
            try await bench.fleet.kill(Replica("ear", 2))
            await #expect(throws: StorageError.self) { try await second.database.write { _ in } }
            try await bench.all(of: 1)
            #expect(bench.time.uptime - killedAt >= .seconds(5), "nobody can know earlier")
            try await bench.send("after the kill")
            try await eventually("it was heard", on: bench.time) { try await bench.heard() == ["after the kill"] }
            try await bench.fleet.start(Replica("ear", 2))
            try await eventually("both have work again", on: bench.time) { !bench.pieces(2).isEmpty }
        }
    }

    @Test("are not more than the service bears")
    func limits() async throws {
        await #expect { try await run(replicas: 9) { _ in } } throws: { error in
            (error as? ServiceError)?.slug == "replicas"
        }
    }

    @Test("say so when nobody does what somebody should do")
    func forsaken() async throws {
        try await run { bench in
            try await bench.fleet.stop(Replica("ear", 2))
            try await bench.all(of: 1)
            let start = bench.time.uptime
            try await eventually("leases have had their time", on: bench.time) {
                bench.time.uptime - start > .seconds(20)
            }
            let instance = try #require(bench.fleet.instance(of: Replica("ear", 1)))
            await settle()
            #expect(await instance.health.ready().status == .healthy)
            // As if nobody had renewed it for long; no time passes, so nobody takes it either.
            let forsake: SQL = "UPDATE leases SET expires = 1 WHERE name = 'consumer'"
            try await instance.database.write { try $0.execute(forsake) }
            let report = await instance.health.ready()
            #expect(report.status == .unhealthy)
        }
    }
}
