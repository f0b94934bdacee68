internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRuntime
internal import Foundation
internal import Testing

@Suite("Live policies") struct LivePoliciesTests {
    /// A policy file on disk, a registry that goes by it, and a clock that is moved by hand.
    private final class Bench: Sendable {
        let time = ManualTime()
        let logs = MemoryLogSink()
        let path: String
        let live: LivePolicies
        let registry: PolicyRegistry

        init(_ text: String = SmallFleet.sound) throws {
            path = FileManager.default.temporaryDirectory.path + "/policies-\(UUID().uuidString).yaml"
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            let world = World.manual(time)
            live = LivePolicies(
                try LivePolicies.checked(ConfigurationFile.read(path), SmallFleet.shape), for: SmallFleet.shape,
                watching: path,
                telemetry: Telemetry(service: "policies", world: world, sink: logs))
            registry = PolicyRegistry(world: world, book: live.current.file.book)
        }

        // A file that stays behind harms nobody.
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ text: String, atomically: Bool = false) throws {
            try text.write(toFile: path, atomically: atomically, encoding: .utf8)
        }

        /// Runs `body` while the file is watched; `look` lets the watcher look once more.
        func watching(_ body: (_ look: () async -> Void) async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.live.watch(adoptingInto: self.registry) }
                func sleeping() async { while time.sleeperCount == 0 { await Task.yield() } }
                await sleeping()
                try await body {
                    time.advance(by: LivePolicies.lookEvery)
                    await sleeping()
                }
                group.cancelAll()
                // It ends by its cancellation.
                do { try await group.waitForAll() } catch is CancellationError {}
            }
        }

        func metric(_ name: String, _ outcome: String? = nil) -> Double? {
            let series = live.metrics.snapshot().first { $0.name == name }?.series ?? []
            let one = series.first { outcome == nil || $0["outcome"] == outcome }
            guard case .number(let value) = one?.value else { return nil }
            return value
        }
    }

    private static let slower = SmallFleet.sound.replacing("timeout: 1s", with: "timeout: 2s")
    private static let broken = SmallFleet.sound.replacing("timeout: 1s", with: "timeout: 1x")

    @Test("a good new file holds for calls that begin after it; guards are the same and keep what they have counted")
    func adopts() async throws {
        let bench = try Bench()
        let guardian = bench.registry.callGuard(for: "orders → catalog.GetProducts")
        #expect(guardian.policy.timeout == .seconds(1))
        try await guardian.run(.root(.manual(bench.time), timeout: .seconds(30))) { _ in }
        try bench.write(Self.slower)
        #expect(bench.live.reload(into: bench.registry))
        #expect(guardian.policy.timeout == .seconds(2))
        #expect(bench.registry.callGuard(for: "orders → catalog.GetProducts") === guardian)
        #expect(guardian.snapshot().calls == 1)
        #expect(bench.live.current.adoptions == 1)
        #expect(bench.metric("flotilla_policy_reloads_total", "adopted") == 1)
        #expect(bench.metric("flotilla_policy_file_refused") == 0)
    }

    @Test("a call under way when the file changes ends by the policy it began with")
    func underWay() async throws {
        let bench = try Bench()
        let guardian = bench.registry.callGuard(for: "orders → catalog.GetProducts")
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let answer = try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask {
                try await guardian.run(.root(.manual(bench.time), timeout: .seconds(30))) { _ in
                    begin.finish()
                    for await _ in gate {}
                    return "kept"
                }
            }
            for await _ in begun {}
            try bench.write(Self.slower)
            #expect(bench.live.reload(into: bench.registry))
            open.finish()
            return try await group.next()
        }
        #expect(answer == "kept")
    }

    @Test("a bad file is refused: the old one holds, the error is logged once with its line, shown and counted")
    func refuses() throws {
        let bench = try Bench()
        let guardian = bench.registry.callGuard(for: "orders → catalog.GetProducts")
        try bench.write(Self.broken)
        for _ in 1...3 { #expect(!bench.live.reload(into: bench.registry)) }
        #expect(guardian.policy.timeout == .seconds(1))
        #expect(bench.live.current.file.book == bench.registry.book)
        #expect(bench.live.current.refusal.first?.contains("policies.inner.timeout: \"1x\"") == true)
        #expect(bench.live.current.refusedAt != nil)
        let lines = bench.logs.records(LogQuery(level: .error))
        #expect(lines.count == 1)
        #expect(lines.first?.metadata.contains { $0.value.contains(".yaml:5:33") } == true)
        #expect(bench.metric("flotilla_policy_reloads_total", "refused") == 3)
        #expect(bench.metric("flotilla_policy_file_refused") == 1)
        try bench.write(Self.slower)
        #expect(bench.live.reload(into: bench.registry))
        #expect(bench.live.current.refusal == [])
        #expect(bench.metric("flotilla_policy_file_refused") == 0)
        #expect(guardian.policy.timeout == .seconds(2))
    }

    @Test("a file whose plan does not hold is refused like one that cannot be read, and so is one that is gone")
    func refusesPlans() throws {
        let bench = try Bench()
        try bench.write(SmallFleet.sound.replacing("attempts: 2", with: "attempts: 9"))
        #expect(!bench.live.reload(into: bench.registry))
        #expect(bench.live.current.refusal.contains { $0.contains("Retry at one hop only") })
        try FileManager.default.removeItem(atPath: bench.path)
        #expect(!bench.live.reload(into: bench.registry))
        #expect(bench.live.current.refusal.contains { $0.contains("cannot be opened") })
    }

    @Test("the first file has to be right: nothing begins with a wrong one")
    func first() {
        #expect(throws: ConfigurationError.self) { try Bench(Self.broken) }
        #expect(throws: ConfigurationError.self) {
            try Bench(SmallFleet.sound.replacing("timeout: 4s", with: "timeout: 6s"))
        }
    }

    @Test("the watcher sees a file that is written in place or put in its place, when it has not changed for a second")
    func watches() async throws {
        let bench = try Bench()
        try await bench.watching { look in
            await look()
            #expect(bench.live.current.adoptions == 0)
            try bench.write(Self.slower)
            await look()
            #expect(bench.live.current.adoptions == 0, "it may still be being written")
            await look()
            #expect(bench.live.current.adoptions == 1)
            await look()
            #expect(bench.live.current.adoptions == 1, "it did not change again")
            try bench.write(SmallFleet.sound + "\n", atomically: true)
            await look()
            await look()
            #expect(bench.live.current.adoptions == 2)
            try bench.write(Self.broken, atomically: true)
            for _ in 1...4 { await look() }
            #expect(bench.live.current.adoptions == 2)
            #expect(bench.metric("flotilla_policy_reloads_total", "refused") == 1, "a bad file is read once")
        }
    }
}
