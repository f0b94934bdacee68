internal import FlotillaCore
@testable internal import FlotillaResilience
internal import Synchronization
internal import Testing

@Suite("Load balancer, in use") struct LoadBalancerTests {
    /// A directory with instances a, b, … and a balancer on it.
    private struct Stage {
        let world: World
        let directory: InProcessDirectory
        let balancer: LoadBalancer
        let callGuard: CallGuard

        init(
            _ world: World, _ names: [String], policy: BalancerPolicy = BalancerPolicy(algorithm: .roundRobin),
            outliers: OutlierPolicy? = OutlierPolicy(), call: CallPolicy = Self.quick
        ) async throws {
            self.world = world
            directory = InProcessDirectory(time: world.time)
            for name in names { try await directory.register(Self.instance(name), ttl: .seconds(600)) }
            balancer = LoadBalancer(of: "orders", in: directory, policy: policy, outliers: outliers, world: world)
            callGuard = CallGuard(target: "web → orders", policy: call, world: world)
        }

        static func instance(_ name: String) -> Instance {
            Instance(id: InstanceID(unchecked: name), service: "orders", address: "host:\(name)")
        }

        static var quick: CallPolicy {
            var policy = CallPolicy(name: "quick", timeout: .milliseconds(100), breaker: nil)
            policy.retry?.backoff = .fixed(.milliseconds(10))
            return policy
        }

        func state(_ name: String) -> String? {
            balancer.snapshot().endpoints.first { $0.instance.id.text == name }?.state.name
        }
    }

    private typealias Behaviour = @Sendable (String, World) async throws -> Void

    /// Makes calls one after the other; who was called, and how many failed in the end.
    private func call(
        _ stage: Stage, times: Int, _ behaviour: @escaping Behaviour
    ) async throws -> (called: [String], failed: Int) {
        let called = Record<String>()
        var failed = 0
        for _ in 0..<times {
            do {
                try await stage.balancer.run(.test(stage.world), under: stage.callGuard) { endpoint, _ in
                    called.add(endpoint.instance.id.text)
                    try await behaviour(endpoint.instance.id.text, stage.world)
                }
            } catch {
                failed += 1
            }
        }
        return (called.entries, failed)
    }

    @Test("a repeated call goes to another instance than the one that failed")
    func elsewhere() throws {
        try ManualRun.of { world in
            let stage = try await Stage(world, ["a", "b", "c"], outliers: nil)
            let seen = try await call(stage, times: 12) { name, _ in
                if name == "b" { throw ServiceError.of(.unavailable) }
            }
            #expect(seen.failed == 0)
            for (first, second) in zip(seen.called, seen.called.dropFirst()) where first == "b" {
                #expect(second != "b")
            }
        }
    }

    @Test("a repeated call goes elsewhere even where its key belongs to the one that failed")
    func elsewhereThanItsKey() throws {
        try ManualRun.of { world in
            let policy = BalancerPolicy(algorithm: .consistentHash)
            let stage = try await Stage(world, ["a", "b", "c"], policy: policy, outliers: nil)
            let called = Record<String>()
            for _ in 0..<5 {
                try await stage.balancer.run(.test(world), key: "customer-1", under: stage.callGuard) { endpoint, _ in
                    called.add(endpoint.instance.id.text)
                    // Its first choice fails for ever.
                    if endpoint.instance.id.text == called.entries[0] { throw ServiceError.of(.unavailable) }
                }
            }
            #expect(called.entries.count == 10, "once there, once elsewhere: \(called.entries)")
        }
    }

    @Test("one success in between is enough not to be ejected")
    func inARow() throws {
        try ManualRun.of { world in
            let stage = try await Stage(world, ["a", "b"])
            let count = Atomic(0)
            _ = try await call(stage, times: 100) { name, _ in
                guard name == "b" else { return }
                let number = count.add(1, ordering: .relaxed).newValue
                if !number.isMultiple(of: 5) { throw ServiceError.of(.unavailable) }
            }
            #expect(count.load(ordering: .relaxed) >= 40)
            #expect(stage.balancer.snapshot().ejections == 0)
        }
    }

    @Test("a hedge goes to another instance than the attempt it is made beside")
    func hedged() throws {
        try ManualRun.of { world in
            var policy = Stage.quick
            policy.hedge = HedgePolicy(delay: .fixed(.milliseconds(20)))
            let stage = try await Stage(world, ["a", "b", "c"], policy: BalancerPolicy(), call: policy)
            let began = world.time.uptime
            let seen = try await call(stage, times: 100) { name, world in
                try await world.time.sleep(for: .milliseconds(name == "b" ? 90_000 : 5))
            }
            #expect(seen.failed == 0)
            #expect(seen.called.contains("b"))
            #expect(world.time.uptime - began < .milliseconds(100 * 6 + 10 * 30), "only the first calls meet it")
        }
    }

    @Test("attempts that end by themselves go elsewhere, too, on the caller's task")
    func cooperative() throws {
        try ManualRun.of { world in
            let stage = try await Stage(world, ["a", "b", "c"], outliers: nil)
            var called: [String] = []
            for _ in 0..<9 {
                let name = try await stage.balancer.runCooperative(
                    .test(world), under: stage.callGuard
                ) { endpoint, _ in
                    called.append(endpoint.instance.id.text)
                    if endpoint.instance.id.text == "b" { throw ServiceError.of(.unavailable) }
                    return endpoint.instance.id.text
                }
                #expect(name != "b")
            }
            #expect(called.count > 9)
            for (first, second) in zip(called, called.dropFirst()) where first == "b" { #expect(second != "b") }
        }
    }

    @Test("without a directory it knows those it is told of")
    func told() throws {
        try ManualRun.of { world in
            let balancer = LoadBalancer(of: "orders", in: nil, world: world)
            await #expect(throws: ServiceError.self) { try await balancer.call().attempt(.test(world)) { _, _ in } }
            let record = InstanceRecord(instance: Stage.instance("a"), registeredAt: world.now)
            balancer.take(InstanceList(service: "orders", records: [record]))
            let name = try await balancer.call().attempt(.test(world)) { endpoint, _ in endpoint.instance.id.text }
            #expect(name == "a")
        }
    }

    @Test("one that hangs is ejected for what the guard's clock cut off")
    func hanging() throws {
        try ManualRun.of { world in
            let stage = try await Stage(world, ["a", "b", "c"])
            let seen = try await call(stage, times: 30) { name, world in
                if name == "c" { try await world.time.sleep(for: .seconds(3_000)) }
            }
            #expect(seen.failed == 0)
            #expect(seen.called.filter { $0 == "c" }.count == 5)
            #expect(stage.state("c") == "ejected")
            let shot = stage.balancer.snapshot()
            #expect(shot.ejections == 1)
            #expect(shot.inFlight == 0)
            #expect(shot.endpoints.last?.failures == 5)
        }
    }

    @Test("an attempt that never had time says nothing about the instance")
    func impatient() throws {
        try ManualRun.of { world in
            let stage = try await Stage(world, ["a", "b"])
            for _ in 0..<40 {
                await #expect(throws: ServiceError.self) {
                    try await stage.balancer.run(.test(world, within: .milliseconds(30)), under: stage.callGuard) {
                        _, _ in try await world.time.sleep(for: .milliseconds(80))
                    }
                }
            }
            #expect(stage.balancer.snapshot().ejections == 0)
        }
    }

    @Test("a caller that goes away says nothing, unless the policy says it does", arguments: [false, true])
    func abandoned(counts: Bool) throws {
        let ejections = try ManualRun.of { world in
            let policy = OutlierPolicy(abandonedCountsAfter: counts ? .milliseconds(20) : nil)
            let stage = try await Stage(world, ["a", "b"], outliers: policy)
            for _ in 0..<20 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await stage.balancer.call().attempt(.test(world)) { _, _ in
                            try await world.time.sleep(for: .seconds(50))
                        }
                    }
                    try await world.time.sleep(for: .milliseconds(30))
                    group.cancelAll()
                    while let result = await group.nextResult() {
                        #expect(throws: CancellationError.self) { try result.get() }
                    }
                }
            }
            return stage.balancer.snapshot().ejections
        }
        #expect(ejections == (counts ? 1 : 0))
    }

    @Test("the caller's own faults and refusals are not held against anybody")
    func ownFaults() throws {
        try ManualRun.of { world in
            let stage = try await Stage(world, ["a", "b"])
            let seen = try await call(stage, times: 40) { _, _ in throw ServiceError.of(.conflict) }
            #expect(seen.failed == 40)
            // The deadline is over before anybody is called.
            let late = CallContext.test(world, within: .zero)
            for _ in 0..<10 {
                await #expect(throws: ServiceError.self) {
                    try await stage.balancer.call().attempt(late) { _, _ in }
                }
            }
            let shot = stage.balancer.snapshot()
            #expect(shot.ejections == 0)
            #expect(shot.endpoints.map(\.failures) == [0, 0])
            #expect(shot.endpoints.map(\.inFlight) == [0, 0])
        }
    }

    @Test("who fails fastest does not get the calls", arguments: [BalancerPolicy.Algorithm.peakEWMA])
    func failsFast(algorithm: BalancerPolicy.Algorithm) throws {
        try ManualRun.of { world in
            // No ejection: the choice alone has to see to it (linkerd2#11669).
            let stage = try await Stage(world, ["a", "b", "c"], policy: .init(algorithm: algorithm), outliers: nil)
            let seen = try await call(stage, times: 300) { name, world in
                if name == "c" { throw ServiceError.of(.unavailable) }
                try await world.time.sleep(for: .milliseconds(20))
            }
            #expect(seen.failed == 0)
            #expect((1...5).contains(seen.called.filter { $0 == "c" }.count), "in 6 s, of 300 calls")
        }
    }

    @Test("without any instance it says so, and finds one that comes")
    func nobody() throws {
        try ManualRun.of { world in
            let stage = try await Stage(world, [])
            let refusal = await #expect(throws: ServiceError.self) {
                try await stage.balancer.call().attempt(.test(world)) { _, _ in }
            }
            #expect(refusal?.slug == "no-instance")
            #expect(refusal?.kind == .unavailable)
            #expect(stage.balancer.snapshot().withoutInstance == 1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await stage.balancer.follow() }
                try await stage.directory.register(Stage.instance("a"), ttl: .seconds(600))
                try await world.time.sleep(for: .milliseconds(1))
                #expect(try await call(stage, times: 1) { _, _ in }.called == ["a"])
                group.cancelAll()
            }
        }
    }

    @Test("a draining instance gets nothing new, finishes what it has, and is then forgotten")
    func draining() throws {
        try ManualRun.of { world in
            let stage = try await Stage(world, ["a", "b"])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await stage.balancer.follow() }
                let (a, b) = (InstanceID(unchecked: "a"), "b")
                group.addTask {
                    try await stage.balancer.call().attempt(.test(world)) { _, _ in
                        try await world.time.sleep(for: .seconds(5))
                    }
                }
                try await world.time.sleep(for: .seconds(1))
                let busy = stage.balancer.snapshot().endpoints.first { $0.inFlight == 1 }?.instance.id ?? a
                try await stage.directory.drain(busy)
                try await world.time.sleep(for: .milliseconds(1))
                #expect(stage.state(busy.text) == "draining")
                let other = busy == a ? b : "a"
                #expect(Set(try await call(stage, times: 10) { _, _ in }.called) == [other])
                try await stage.directory.deregister(busy)
                try await world.time.sleep(for: .milliseconds(1))
                #expect(stage.state(busy.text) == "leaving", "its call is under way")
                try await world.time.sleep(for: .seconds(6))
                #expect(stage.state(busy.text) == nil)
                group.cancelAll()
            }
        }
    }

    @Test("one that comes back from an ejection begins slowly; one that starts anew under its ID has no past")
    func comesBack() throws {
        try ManualRun.of { world in
            let stage = try await Stage(world, ["a", "b", "c"])
            let isIll = Atomic(true)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await stage.balancer.follow() }
                try await world.time.sleep(for: .seconds(60))
                _ = try await call(stage, times: 30) { name, _ in
                    if name == "c", isIll.load(ordering: .relaxed) { throw ServiceError.of(.unavailable) }
                }
                #expect(stage.state("c") == "ejected")
                isIll.store(false, ordering: .relaxed)
                try await world.time.sleep(for: .seconds(41))
                #expect(stage.state("c") == "in-use")
                let share = try await call(stage, times: 300) { _, _ in }.called.filter { $0 == "c" }.count
                #expect(share < 60, "\(share) of 300")
                try await world.time.sleep(for: .seconds(31))
                let whole = try await call(stage, times: 300) { _, _ in }.called.filter { $0 == "c" }.count
                #expect((95...105).contains(whole))
                _ = try await call(stage, times: 30) { name, _ in
                    if name == "c" { throw ServiceError.of(.unavailable) }
                }
                #expect(stage.state("c") == "ejected")
                try await stage.directory.register(Stage.instance("c"), ttl: .seconds(600))
                try await world.time.sleep(for: .milliseconds(1))
                #expect(stage.state("c") == "in-use")
                group.cancelAll()
            }
        }
    }

    @Test("a directory that cannot be reached leaves the last list in use, and it shows")
    func directoryAway() throws {
        try ManualRun.of { world in
            let directory = Unreachable(time: world.time)
            try await directory.table.register(Stage.instance("a"), ttl: .seconds(600))
            let balancer = LoadBalancer(of: "orders", in: directory, world: world)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await balancer.follow() }
                try await world.time.sleep(for: .milliseconds(1))
                directory.isAway.store(true, ordering: .relaxed)
                try await world.time.sleep(for: .seconds(10))
                let name = try await balancer.call().attempt(.test(world)) { endpoint, _ in endpoint.instance.id.text }
                #expect(name == "a")
                #expect(balancer.snapshot().directoryFailures >= 8)
                #expect((balancer.snapshot().listAge ?? .zero) >= .seconds(8))
                directory.isAway.store(false, ordering: .relaxed)
                try await world.time.sleep(for: .seconds(3))
                #expect(balancer.snapshot().directoryFailures == 0)
                group.cancelAll()
            }
            directory.isAway.store(true, ordering: .relaxed)
            let cold = LoadBalancer(of: "orders", in: directory, world: world)
            await #expect(throws: DirectoryError.unavailable("away")) {
                try await cold.call().attempt(.test(world)) { _, _ in }
            }
        }
    }

    @Test("targets are made once for each incarnation")
    func targets() throws {
        try ManualRun.of { world in
            let stage = try await Stage(world, ["a", "b"])
            let made = Record<String>()
            let balanced = Balanced(stage.balancer) { instance in
                made.add(instance.id.text)
                return "client of \(instance.address)"
            }
            func use(_ times: Int) async throws -> [String] {
                var used: [String] = []
                for _ in 0..<times {
                    used.append(try await balanced.run(.test(world), under: stage.callGuard) { client, _ in client })
                }
                return used
            }
            #expect(Set(try await use(10)) == ["client of host:a", "client of host:b"])
            #expect(made.entries.sorted() == ["a", "b"])
            world.advance(.seconds(1))
            try await stage.directory.register(Stage.instance("b"), ttl: .seconds(600))
            try await stage.balancer.refresh()
            _ = try await use(10)
            #expect(made.entries.sorted() == ["a", "b", "b"])
        }
    }
}

extension World {
    fileprivate func advance(_ duration: Duration) { (time as? ManualTime)?.advance(by: duration) }
}

/// A directory that can be out of reach.
private final class Unreachable: InstanceDirectory {
    let table: InProcessDirectory
    let isAway = Atomic(false)

    init(time: any TimeSource) { table = InProcessDirectory(time: time) }

    private func check() throws {
        if isAway.load(ordering: .relaxed) { throw DirectoryError.unavailable("away") }
    }

    func register(_ instance: Instance, ttl: Duration) async throws { try await table.register(instance, ttl: ttl) }
    func heartbeat(_ id: InstanceID) async throws { try await table.heartbeat(id) }
    func drain(_ id: InstanceID) async throws { try await table.drain(id) }
    func deregister(_ id: InstanceID) async throws { try await table.deregister(id) }

    func instances(of service: String) async throws -> InstanceList {
        try check()
        return try await table.instances(of: service)
    }

    func instances(of service: String, after version: UInt64, within limit: Duration) async throws -> InstanceList {
        try check()
        return try await table.instances(of: service, after: version, within: limit)
    }
}
