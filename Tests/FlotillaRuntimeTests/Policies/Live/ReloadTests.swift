internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRuntime
internal import FlotillaStorage
internal import FlotillaTesting
internal import Foundation
internal import HTTPTypes
internal import Testing

/// A changed file and what runs: every part goes by it from its next step on, and keeps what it has.
@Suite("A policy file that changes under a fleet") struct ReloadTests {
    private static let ping = "test.ping.v1"

    private static let file = """
        balancers:
          turns: {algorithm: round-robin}
        outliers:
          strict: {failures: 2, ejection: 30s}
        adaptive:
          door: {min: 10, max: 100, start: 20}
        deliveries:
          usual: {attempts: 3, first: 1s, longest: 2s, batch: 10}
        activities:
          outside: {timeout: 1s, concurrency: 2, attempts: 5}
        stores:
          small: {queuedWrites: 100, groupWrites: 10}
        policies:
          all: {timeout: 1s, retry: none, balancer: turns, outliers: strict}
        targets:
          calls: {"*": all}
          doors: {gateway: door}
          consumers: {ear: usual}
          activities: {ear.phone: outside}
          databases: {"*": small}
        """

    private struct Bench: Sendable {
        let fleet: Fleet
        let live: LivePolicies
        let logs: MemoryLogSink
        let path: String

        func write(_ changes: (String, String)...) throws {
            var text = ReloadTests.file
            for (old, new) in changes {
                #expect(text.contains(old))
                text = text.replacing(old, with: new)
            }
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            #expect(live.reload(into: fleet.policies), "\(live.current.refusal)")
        }

        var ear: BalancerSnapshot {
            get throws { try #require(fleet.balancerSnapshots().first { $0.service == "ear" }) }
        }
    }

    private func run(_ body: @escaping @Sendable (Bench) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let (time, logs) = (ManualTime(), MemoryLogSink())
        let world = World.manual(time)
        var ear = ProbeService("ear", consumes: [Self.ping]) { needs in
            let phone = Activity(
                "phone", timeout: .seconds(9), perform: { (word: Ping, _, _) in word }, commit: { _, _, _, _ in [] })
            return ServiceParts(
                routes: Routes(), handlers: [MessageHandler(type: Self.ping) { _, _ in [] }],
                activities: Activities(
                    needs.governed([phone]), database: needs.database, outbox: needs.outbox, world: needs.world,
                    telemetry: needs.telemetry))
        }
        ear.manifest.activities = ["phone"]
        let map = try FleetMap([ear, ProbeService("mouth", publishes: [Self.ping])])
        var shape = map.shape
        shape.members.append(.init("gateway", calls: ["ear"], isService: false))
        shape.routes = [.init("GET /ear", door: "gateway", to: "ear", timeout: .seconds(5), isRead: true)]
        let path = folder.path(of: "policies.yaml")
        try Self.file.write(toFile: path, atomically: true, encoding: .utf8)
        let live = LivePolicies(
            try LivePolicies.checked(ConfigurationFile.read(path), shape), for: shape, watching: path,
            telemetry: Telemetry(service: "policies", world: world, sink: logs))
        var options = FleetOptions(
            dataFolder: folder.path, world: world, sink: logs, policies: live.current.file.book)
        options.livePolicies = live
        options.replicas = ["ear": 2]
        let fleet = Fleet(map, options: options)
        let (ready, readySink) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { readySink.finish() }
                try await fleet.run { readySink.finish() }
            }
            for await _ in ready {}
            guard fleet.isServing else { return try await group.waitForAll() }
            try await body(Bench(fleet: fleet, live: live, logs: logs, path: path))
            group.cancelAll()
        }
    }

    @Test("reaches consumers, activities and databases of every replica that runs, and those that start later")
    func services() async throws {
        try await run { bench in
            func seen(_ number: Int) throws -> [Int] {
                let ear = try #require(bench.fleet.instance(of: Replica("ear", number)))
                let phone = try #require(ear.activities?.snapshots().first)
                return [
                    ear.consumer?.policy.attemptsMax ?? 0, ear.consumer?.batchMax ?? 0, phone.policy.concurrencyMax,
                    phone.policy.redelivery.attemptsMax, ear.database.queuedWritesMax, ear.database.groupWritesMax,
                ]
            }
            for number in 1...2 { #expect(try seen(number) == [3, 10, 2, 5, 100, 10]) }
            try await bench.fleet.stop(Replica("ear", 2))
            try bench.write(
                ("attempts: 3", "attempts: 7"), ("batch: 10", "batch: 20"), ("concurrency: 2", "concurrency: 4"),
                ("attempts: 5", "attempts: 50"), ("queuedWrites: 100", "queuedWrites: 200"),
                ("groupWrites: 10", "groupWrites: 30"))
            #expect(try seen(1) == [7, 20, 4, 50, 200, 30])
            try await bench.fleet.start(Replica("ear", 2))
            #expect(try seen(2) == [7, 20, 4, 50, 200, 30])
            // What the file does not speak of any more goes by its own policy again.
            try bench.write(("  activities: {ear.phone: outside}\n", ""), ("\n  databases: {\"*\": small}", ""))
            let ear = try #require(bench.fleet.instance(of: "ear"))
            #expect(ear.activities?.snapshots().first?.policy.timeout == .seconds(9))
            #expect(ear.database.queuedWritesMax == Database.Options().queuedWritesMax)
            #expect(bench.live.current.waiting.isEmpty)
        }
    }

    @Test("reaches the choice of replicas, which keeps who is held out and what it has counted")
    func balancers() async throws {
        try await run { bench in
            #expect(try bench.ear.algorithm == .roundRobin)
            for _ in 0..<4 { _ = await bench.fleet.responder(for: "ear")?.respond(to: Request(.get, "/none")) }
            try bench.fleet.hold(Replica("ear", 2), .ejected)
            try bench.write(
                ("algorithm: round-robin", "algorithm: least-request"), ("outliers: strict", "outliers: none"))
            #expect(try bench.ear.algorithm == .leastRequest)
            #expect(try !bench.ear.ejects)
            #expect(try bench.ear.picks == 4)
            #expect(try bench.ear.endpoints.map(\.state.name) == ["in-use", "held-out"])
            for _ in 0..<4 { _ = await bench.fleet.responder(for: "ear")?.respond(to: Request(.get, "/none")) }
            #expect(try bench.ear.endpoints.map(\.picks) == [6, 2], "the one that is held out gets nothing")
            try bench.fleet.hold(Replica("ear", 2), nil)
            #expect(try bench.ear.endpoints.map(\.state.name) == ["in-use", "in-use"])
            #expect(throws: ServiceError.self) { try bench.fleet.hold(Replica("mouth", 1), .ejected) }
            #expect(throws: ServiceError.self) { try bench.fleet.hold(Replica("nose", 1), .ejected) }
            let held = bench.fleet.metrics().first { $0.name == "flotilla_forced" }
            #expect(held?.series.isEmpty == true)
        }
    }

    @Test("reaches the door: who is inside stays, the next one goes by the new limit, and an operator's limit stays")
    func doors() async throws {
        try await run { bench in
            let door = bench.fleet.policies.shedders.shedder(for: "gateway", name: "own", policy: .door)
            #expect(door.snapshot().name == "door" && door.snapshot().limit == 20, "the file goes before its own")
            let permits = try (0..<12).map { _ in try door.admit(.critical) }
            try bench.write(("min: 10, max: 100, start: 20", "min: 1, max: 12, start: 5"))
            #expect(door.snapshot().inFlight == 12 && door.snapshot().limit == 12)
            #expect(throws: ServiceError.self) { try door.admit(.critical) }
            door.finish(permits[0], .success)
            door.finish(try door.admit(.critical), .success)
            door.force(30)
            try bench.write(("min: 10, max: 100, start: 20", "min: 2, max: 15, start: 5"))
            #expect(door.snapshot().limit == 30 && door.snapshot().policy.limitMax == 15)
            let held = bench.fleet.metrics().first { $0.name == "flotilla_forced" }
            #expect(held?.series.map { $0["kind"] } == ["door"])
            #expect(bench.live.current.waiting.isEmpty)
        }
    }

    @Test("says what changed, and what of it waits for a start: a door that has no limit")
    func saying() async throws {
        try await run { bench in
            try bench.write(("max: 100", "max: 90"), ("timeout: 1s, retry", "timeout: 2s, retry"))
            let state = bench.live.current
            #expect(state.changes == ["gateway → ear: timeout 1s → 2s", "door gateway: max 100 → 90"])
            #expect(state.waiting.count == 1 && state.waiting[0].hasPrefix("door gateway: it was started without"))
            let warnings = bench.logs.records(LogQuery(service: "policies", level: .warning))
            #expect(warnings.map(\.message) == ["a part of the policy file takes effect only with the next start"])
            try bench.write(("max: 100", "max: 90"))
            #expect(bench.live.current.changes == ["gateway → ear: timeout 2s → 1s"])
            #expect(bench.live.current.waiting.isEmpty, "it did not change again")
        }
    }

    @Test("keeps a breaker open, and what a limit and a budget have counted, while other parts change")
    func guards() async throws {
        try await run { bench in
            let subject = bench.fleet.policies.callGuard(from: "gateway", to: "ear")
            for _ in 0..<5 {
                await #expect(throws: ServiceError.self) {
                    try await subject.runCooperative(.root(bench.fleet.options.world, timeout: .seconds(1))) { _ in
                        throw ServiceError(.unavailable, "away", "It is away.")
                    }
                }
            }
            #expect(subject.snapshot().breaker?.state == .open)
            let pools = bench.fleet.metrics().first { $0.name == "flotilla_pool_calls" }
            #expect(pools?.series.map { [$0["pool"], $0["service"], $0["state"]] } == [
                ["standard", "gateway", "running"], ["standard", "gateway", "waiting"],
            ])
            subject.holdBudget(true)
            try bench.write(("timeout: 1s, retry: none", "timeout: 2s, retry: {attempts: 2}"))
            #expect(subject.policy.timeout == .seconds(2))
            #expect(subject.snapshot().breaker?.state == .open && subject.snapshot().isBudgetHeld)
        }
    }
}

private struct Ping: MessagePayload {
    static let messageType = "test.ping.v1"
    init(messageBytes: [UInt8]) {}
    func messageBytes() -> [UInt8] { [] }
}
