internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaResilience
internal import FlotillaRuntime
internal import FlotillaSecurity
internal import FlotillaTesting
internal import HTTPTypes
internal import Synchronization
internal import Testing

@Suite("The keys by which a fleet checks tokens") struct FleetKeysTests {
    private static let key = Result { try SigningKey.generate() }
    private static let identity = FleetOptions.Identity(issuer: "https://a.example", audience: "a", service: "users")

    /// What the identity's service does when it is asked for its keys.
    private enum Mood { case well, failing, hanging }

    private final class Users: Sendable {
        let mood = Mutex(Mood.well)
        let asked = Atomic(0)
        var count: Int { asked.load(ordering: .relaxed) }
        func be(_ mood: Mood) { self.mood.withLock { $0 = mood } }
    }

    private struct Bench: Sendable {
        let fleet: Fleet
        let time: ManualTime
        let users: Users
        let issuer: TokenIssuer

        /// What a service says to a token that it has not seen before.
        func ask() async throws -> Int {
            var request = Request(.get, "/me")
            let token = try await issuer.issue(principal: Principal(id: "u", role: .customer), lifetime: .seconds(900))
            request.headers[.authorization] = "Bearer \(token.exposed)"
            let responder = try #require(fleet.responder(for: "ear"))
            return await responder.respond(to: request).status.code
        }

        func seeThatItWorks() async throws {
            let status = try await ask()
            #expect(status == 200)
        }

        var guardian: GuardSnapshot? { fleet.policies.snapshots().first { $0.target == "fleet → users" } }
    }

    private func run(
        in folder: TemporaryFolder, at time: ManualTime, _ mood: Mood = .well, keptFor: Duration = .seconds(86_400),
        _ body: @escaping @Sendable (Bench) async throws -> Void
    ) async throws {
        let world = World.manual(time)
        let issuer = TokenIssuer(
            issuer: Self.identity.issuer, audience: Self.identity.audience, key: try Self.key.get(), world: world)
        let users = Users()
        users.be(mood)
        let identity = ProbeService("users") { needs in
            var routes = Routes()
            routes.addRaw(
                .get, "/.well-known/jwks.json", access: .anyone, summary: "Keys", produces: "application/json"
            ) { _ in
                users.asked.add(1, ordering: .relaxed)
                switch users.mood.withLock({ $0 }) {
                case .well: break
                case .failing: throw ServiceError(.internal, "ill", "Made by a test.")
                case .hanging: try await needs.world.time.sleep(for: .seconds(3_600))
                }
                return .text(String(decoding: issuer.jwksJSON, as: UTF8.self))
            }
            return ServiceParts(routes: routes)
        }
        let ear = ProbeService("ear") { _ in
            var routes = Routes()
            routes.addRaw(.get, "/me", access: .signedIn, summary: "Who", produces: "text/plain") { _ in .text("you") }
            return ServiceParts(routes: routes)
        }
        var options = FleetOptions(dataFolder: folder.path, world: world, identity: Self.identity)
        options.identity?.keysKeptFor = keptFor
        let fleet = Fleet(try FleetMap([identity, ear]), options: options)
        let (ready, readySink) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { readySink.finish() }
                try await fleet.run { readySink.finish() }
            }
            for await _ in ready {}
            try await body(Bench(fleet: fleet, time: time, users: users, issuer: issuer))
            group.cancelAll()
        }
    }

    @Test("are kept: a service that starts while their issuer is stopped checks tokens, also in another process")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime()
        try await run(in: folder, at: time) { bench in
            #expect(try await bench.ask() == 200)
            try await bench.fleet.stop("users")
            try await bench.fleet.stop("ear")
            try await bench.fleet.start("ear")
            #expect(try await bench.ask() == 200)
            let shot = try #require(bench.guardian)
            #expect(shot.attempts == 1 && shot.failures == 0 && shot.ends.refused > 0, "stopped is not ill")
        }
        time.advance(by: .seconds(3_600))
        try await run(in: folder, at: time) { bench in
            try await bench.fleet.stop("users")
            #expect(try await bench.ask() == 200)
            #expect(bench.users.count == 0)
        }
    }

    @Test("are not used for longer than they may be, and not at all without an age")
    func age() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime()
        try await run(in: folder, at: time) { try await $0.seeThatItWorks() }
        time.advance(by: .seconds(86_400))
        try await run(in: folder, at: time) { bench in
            try await bench.fleet.stop("users")
            #expect(try await bench.ask() == 503)
            try await bench.fleet.start("users")
            bench.time.advance(by: .seconds(1))
            #expect(try await bench.ask() == 200)
        }
        try await run(in: folder, at: time, keptFor: .zero) { bench in
            try await bench.fleet.stop("users")
            #expect(try await bench.ask() == 503)
        }
    }

    @Test("are asked for through a guard: an issuer that hangs holds one request for a second and then none")
    func hanging() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime()
        try await run(in: folder, at: time) { try await $0.seeThatItWorks() }
        try await run(in: folder, at: time, .hanging) { bench in
            async let first = bench.ask()
            try await eventually("the guard gives up", on: time, step: .milliseconds(100)) {
                bench.guardian?.timeouts == 1
            }
            #expect(try await first == 200)
            // In the background it is asked on and on; nobody waits for that.
            let before = bench.time.uptime
            for _ in 0..<10 { #expect(try await bench.ask() == 200) }
            #expect(bench.time.uptime == before)
            try await eventually("it was asked again", on: time, step: .milliseconds(100)) {
                bench.users.count >= 3
            }
            bench.users.be(.well)
            try await eventually("it is known anew", on: time, step: .seconds(1)) {
                (bench.guardian?.ends.success ?? 0) > 0
            }
        }
    }

    @Test("are asked for less and less often while their issuer fails, and its breaker opens")
    func pauses() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime()
        try await run(in: folder, at: time) { try await $0.seeThatItWorks() }
        try await run(in: folder, at: time, .failing) { bench in
            #expect(try await bench.ask() == 200)
            let began = bench.time.uptime
            try await eventually("it was asked seven times", on: time, step: .milliseconds(500)) {
                bench.users.count >= 7
            }
            // 1 + 2 + 4 + 8 + 16 + 32 s.
            #expect(bench.time.uptime - began >= .seconds(63))
            #expect(bench.guardian?.breaker?.openings ?? 0 > 0)
        }
    }
}
