internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaRuntime
internal import FlotillaStorage
internal import FlotillaTesting
internal import HTTPTypes
internal import Testing

@Suite("a fleet")
struct FleetTests {
    @Test("takes a service away and brings it back, and leaves the others alone")
    func stopAndStart() async throws {
        let incarnations = Tally()
        let services = [
            ProbeService("north") { _ in
                let number = incarnations.add()
                var routes = Routes()
                routes.addRaw(.get, "/number", access: .anyone, summary: "Which", produces: "text/plain") { _ in
                    .text(String(number))
                }
                return ServiceParts(routes: routes)
            }, ProbeService("south"),
        ]
        try await run(services) { fleet, _ in
            #expect(fleet.isServing)
            #expect(try await number(fleet) == "1")
            let first = try #require(fleet.instance(of: "north"))
            try await fleet.stop("north")
            #expect(fleet.condition(of: "north") == "stopped")
            #expect(fleet.responder(for: "north") == nil)
            #expect(!fleet.isServing)
            #expect(fleet.condition(of: "south") == "running")
            // Its database is closed: what still holds the old incarnation cannot write behind the new one's back.
            await #expect(throws: (any Error).self) { try await first.database.write { _ in } }
            try await fleet.stop("north")

            try await fleet.start("north")
            #expect(fleet.condition(of: "north") == "running")
            #expect(try await number(fleet) == "2")
            try await fleet.start("north")
            #expect(incarnations.count == 2)
            await #expect(throws: ServiceError.self) { try await fleet.stop("west") }
            await #expect(throws: ServiceError.self) { try await fleet.start("west") }
        }
    }

    @Test("tells why a service cannot come back, and tries anew when asked again")
    func failedStart() async throws {
        let attempts = Tally()
        let moody = ProbeService("moody") { _ in
            if attempts.add() == 2 { throw ServiceError(.internal, "mood", "Not today.") }
            return ServiceParts(routes: Routes())
        }
        try await run([moody]) { fleet, _ in
            try await fleet.stop("moody")
            await #expect(throws: ServiceError.self) { try await fleet.start("moody") }
            #expect(fleet.condition(of: "moody")?.contains("Not today.") == true)
            try await fleet.start("moody")
            #expect(fleet.condition(of: "moody") == "running")
        }
    }

    @Test("starts a part that throws again, after a pause that grows, and says so in the log")
    func restart() async throws {
        let runs = Tally()
        let clumsy = ProbeService("clumsy") { _ in
            ServiceParts(
                routes: Routes(),
                jobs: [
                    Job("tidy", every: .seconds(1)) { _ in
                        if runs.add() <= 3 { throw ServiceError(.internal, "stumble", "It stumbled.") }
                    }
                ])
        }
        try await run([clumsy]) { fleet, bench in
            try await eventually("the job had run five times", on: bench.time) { runs.count >= 5 }
            #expect(fleet.condition(of: "clumsy") == "running")
            let told = bench.logs.records(LogQuery(service: "clumsy", level: .error))
            #expect(told.count == 3)
            #expect(told.allSatisfy { $0.message.contains("started again") })
        }
    }

    @Test("does not start with a service that handles other messages than its manifest says")
    func manifestMismatch() async throws {
        let undeclared = ProbeService("deaf", publishes: ["test.ping.v1"], consumes: ["test.ping.v1"])
        await #expect {
            try await run([undeclared]) { _, _ in }
        } throws: { error in
            guard let error = error as? ServiceError else { return false }
            return error.slug == "service-manifest" && error.detail.contains("not handled [\"test.ping.v1\"]")
        }
        let surplus = ProbeService("nosy", publishes: ["test.ping.v1"]) { _ in
            ServiceParts(routes: Routes(), handlers: [MessageHandler(type: "test.ping.v1") { _, _ in [] }])
        }
        await #expect {
            try await run([surplus]) { _, _ in }
        } throws: { error in
            guard let error = error as? ServiceError else { return false }
            return error.slug == "service-manifest" && error.detail.contains("not declared [\"test.ping.v1\"]")
        }
    }

    @Test("holds its data folder alone, and lets go of it at the end")
    func dataFolder() throws {
        let folder = try TemporaryFolder()
        do {
            let held = try DataFolder(folder.path(of: "data"))
            let error = #expect(throws: ServiceError.self) { try DataFolder(folder.path(of: "data")) }
            #expect(error?.slug == "data-folder-in-use")
            #expect(try held.folder("logs") == folder.path(of: "data") + "/logs")
        }
        _ = try DataFolder(folder.path(of: "data"))
    }

    private struct Bench {
        let time = ManualTime()
        let logs = MemoryLogSink()
    }

    /// Runs `body` while a fleet of these services runs on a clock that stands still.
    private func run(
        _ services: [ProbeService], _ body: (Fleet, Bench) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let bench = Bench()
        let fleet = Fleet(
            try FleetMap(services),
            options: FleetOptions(dataFolder: folder.path, world: .manual(bench.time), sink: bench.logs))
        let (ready, readySink) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { readySink.finish() }
                try await fleet.run { readySink.yield() }
            }
            var isReady = false
            for await _ in ready {
                isReady = true
                break
            }
            guard isReady else { return try await group.waitForAll() }
            try await body(fleet, bench)
            group.cancelAll()
        }
    }

    private func number(_ fleet: Fleet) async throws -> String? {
        guard let responder = fleet.responder(for: "north") else { return nil }
        return String(decoding: try await responder.respond(to: Request(.get, "/number")).collect(), as: UTF8.self)
    }
}
