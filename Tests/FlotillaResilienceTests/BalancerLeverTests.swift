internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Load balancer, changed in use") struct BalancerLeverTests {
    private let time = ManualTime()

    /// A balancer of `a`, `b`, …, which have run for long.
    private func make(
        _ names: [String], _ policy: BalancerPolicy = BalancerPolicy(algorithm: .roundRobin),
        outliers: OutlierPolicy? = OutlierPolicy(consecutiveFailures: 2)
    ) -> LoadBalancer {
        let balancer = LoadBalancer(
            of: "orders", in: nil, policy: policy, outliers: outliers, world: .manual(time))
        balancer.take(Self.list(names, at: World.manual(time).now))
        time.advance(by: .seconds(60))
        balancer.maintain()
        return balancer
    }

    private static func list(_ names: [String], at start: Timestamp) -> InstanceList {
        InstanceList(
            service: "orders",
            records: names.map {
                InstanceRecord(
                    instance: Instance(id: InstanceID(unchecked: $0), service: "orders", address: $0),
                    registeredAt: start)
            })
    }

    private func picks(_ balancer: LoadBalancer, _ count: Int = 30, key: UInt64? = nil) throws -> [String: Int] {
        var seen: [String: Int] = [:]
        for _ in 0..<count {
            let endpoint = try balancer.pick(key: key)
            seen[endpoint.instance.id.text, default: 0] += 1
            balancer.finish(endpoint, .success, took: .milliseconds(1))
        }
        return seen
    }

    private func fail(_ name: String, _ balancer: LoadBalancer, times: Int) throws {
        for _ in 0..<times {
            var isDone = false
            for _ in 0..<100 where !isDone {
                let endpoint = try balancer.pick()
                isDone = endpoint.instance.id.text == name
                balancer.finish(endpoint, isDone ? .failure : .success, took: .milliseconds(1))
            }
            #expect(isDone, "\(name) is not picked any more")
        }
    }

    private func entry(_ name: String, _ balancer: LoadBalancer) -> BalancerSnapshot.Entry? {
        balancer.snapshot().endpoints.first { $0.instance.id.text == name }
    }

    @Test("the next pick goes by the new algorithm; calls under way are counted all the same")
    func algorithm() throws {
        let balancer = make(["a", "b", "c"])
        #expect(try picks(balancer) == ["a": 10, "b": 10, "c": 10])
        let underWay = try (0..<6).map { _ in try balancer.pick() }
        balancer.adopt(BalancerPolicy(algorithm: .consistentHash), outliers: balancer.outlierPolicy)
        #expect(balancer.snapshot().algorithm == .consistentHash && balancer.snapshot().inFlight == 6)
        for endpoint in underWay { balancer.finish(endpoint, .success, took: .milliseconds(1)) }
        let key = LoadBalancer.key(of: "cart 7")
        let one = try picks(balancer, key: key)
        #expect(one.count == 1, "all for one key")
        // With loads bounded by what is under way, a key that gets everything spills over.
        let held = try (0..<30).map { _ in try balancer.pick(key: key) }
        #expect(Set(held.map(\.instance.id)).count == 3)
        balancer.adopt(BalancerPolicy(algorithm: .leastRequest), outliers: nil)
        for endpoint in held { balancer.finish(endpoint, .success, took: .milliseconds(1)) }
        #expect(balancer.snapshot().inFlight == 0 && balancer.snapshot().picks == 30 + 6 + 30 + 30)
    }

    @Test("an ejection lasts as long as it was given, under other bounds too; without outliers it ends at once")
    func outliers() throws {
        let balancer = make(["a", "b", "c"])
        try fail("b", balancer, times: 2)
        #expect(entry("b", balancer)?.ejectedFor == .seconds(30))
        balancer.adopt(balancer.policy, outliers: OutlierPolicy(consecutiveFailures: 4, ejection: .seconds(5)))
        #expect(try picks(balancer)["b"] == nil)
        time.advance(by: .seconds(29))
        balancer.maintain()
        #expect(entry("b", balancer)?.ejectedFor == .seconds(1))
        time.advance(by: .seconds(11))
        balancer.maintain()
        #expect(entry("b", balancer)?.state == .inUse)
        #expect(entry("b", balancer)?.warmth == 0.1, "it comes back gently")
        time.advance(by: .seconds(60))
        balancer.maintain()
        try fail("b", balancer, times: 3)
        #expect(entry("b", balancer)?.state == .inUse, "four it takes by now")
        try fail("b", balancer, times: 1)
        #expect(entry("b", balancer)?.state.name == "ejected")
        balancer.adopt(balancer.policy, outliers: nil)
        #expect(entry("b", balancer)?.state == .inUse && !balancer.snapshot().ejects)
        try fail("b", balancer, times: 20)
        #expect(entry("b", balancer)?.state == .inUse)
        balancer.adopt(balancer.policy, outliers: OutlierPolicy(consecutiveFailures: 1))
        try fail("b", balancer, times: 1)
        #expect(entry("b", balancer)?.state.name == "ejected")
    }

    @Test("an instance an operator takes out gets nothing, be it the better one, until it is let go")
    func takenOut() throws {
        let balancer = make(["a", "b"])
        #expect(balancer.force(.ejected, InstanceID(unchecked: "a")))
        #expect(try picks(balancer) == ["b": 30])
        #expect(entry("a", balancer)?.state == .heldOut && entry("a", balancer)?.forced == .ejected)
        // What it was restarted as is held, too, and so it is under another policy.
        balancer.take(Self.list(["b"], at: World.manual(time).now))
        balancer.take(Self.list(["a", "b"], at: World.manual(time).now))
        balancer.adopt(BalancerPolicy(algorithm: .roundRobin, slowStart: nil), outliers: nil)
        #expect(try picks(balancer) == ["b": 30])
        #expect(balancer.force(nil, InstanceID(unchecked: "a")))
        #expect(try picks(balancer) == ["a": 15, "b": 15])
        #expect(!balancer.force(.ejected, InstanceID(unchecked: "z")), "nobody of that name")
    }

    @Test("with all taken out there is still somebody to ask")
    func allOut() throws {
        let balancer = make(["a", "b"])
        for name in ["a", "b"] { #expect(balancer.force(.ejected, InstanceID(unchecked: name))) }
        #expect(try picks(balancer) == ["a": 15, "b": 15])
    }

    @Test("an instance an operator holds in use is back at once and not ejected, however it fails")
    func heldIn() throws {
        let balancer = make(["a", "b"])
        try fail("b", balancer, times: 2)
        #expect(entry("b", balancer)?.state.name == "ejected")
        #expect(balancer.force(.inUse, InstanceID(unchecked: "b")))
        #expect(entry("b", balancer)?.state == .inUse && entry("b", balancer)?.forced == .inUse)
        try fail("b", balancer, times: 20)
        for _ in 0..<3 {
            time.advance(by: .seconds(10))
            balancer.maintain()
        }
        #expect(entry("b", balancer)?.state == .inUse)
        #expect(balancer.force(nil, InstanceID(unchecked: "b")))
        try fail("b", balancer, times: 2)
        #expect(entry("b", balancer)?.state.name == "ejected")
    }
}
