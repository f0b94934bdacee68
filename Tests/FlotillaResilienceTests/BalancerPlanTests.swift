internal import FlotillaCore
@testable internal import FlotillaResilience
internal import Synchronization
internal import Testing

@Suite("Who is called next") struct BalancerPlanTests {
    private static let long = Duration.seconds(3_600)

    private func member(
        _ number: Int, zone: String? = nil, weight: Int = 100, age: Duration = long
    ) -> BalancerPlan.Member {
        let id = InstanceID(unchecked: "i-\(1_000 + number)")
        let instance = Instance(id: id, service: "orders", address: "host:\(number)", zone: zone, weight: weight)
        let endpoint = Endpoint(instance, registeredAt: Timestamp(seconds: 0))
        return BalancerPlan.Member(endpoint: endpoint, warmSince: Self.long - age)
    }

    private func plan(
        _ members: [BalancerPlan.Member], _ algorithm: BalancerPolicy.Algorithm, zone: String? = nil,
        _ change: (inout BalancerPolicy) -> Void = { _ in }
    ) -> BalancerPlan {
        var policy = BalancerPolicy(algorithm: algorithm)
        change(&policy)
        return BalancerPlan(members, policy, zone: zone, now: Self.long)
    }

    /// Picks without any call under way; the share of each by its number.
    private func shares(_ plan: BalancerPlan, picks: Int = 20_000, key: Bool = false) -> [Int: Double] {
        var counts: [Int: Int] = [:]
        for turn in 0..<picks {
            let bits = MaglevTable.mixed(UInt64(turn) &+ 77)
            let picked = plan.pick(
                turn: UInt64(turn), bits: bits, key: key ? LoadBalancer.key(of: "k\(turn)") : nil, tick: 0, inFlight: 0)
            if let number = picked.flatMap({ Int($0.instance.id.text.dropFirst(2)) }) {
                counts[number - 1_000, default: 0] += 1
            }
        }
        return counts.mapValues { Double($0) / Double(picks) }
    }

    @Test("nobody is picked from nobody", arguments: BalancerPolicy.Algorithm.allCases)
    func nobody(algorithm: BalancerPolicy.Algorithm) {
        let plan = plan([], algorithm)
        #expect(plan.pick(turn: 1, bits: 2, key: 3, tick: 4, inFlight: 0) == nil)
        #expect(plan.pick(turn: 1, bits: 2, key: 3, tick: 4, inFlight: 0, avoiding: []) == nil)
    }

    @Test("round robin takes turns, whatever the weights")
    func roundRobin() {
        let plan = plan([member(0), member(1, weight: 900), member(2)], .roundRobin)
        let order = (0..<6).map { turn in
            plan.pick(turn: UInt64(turn), bits: 0, key: nil, tick: 0, inFlight: 0)?.instance.address
        }
        #expect(order == ["host:0", "host:1", "host:2", "host:0", "host:1", "host:2"])
    }

    @Test("weighted follows the weights, and smoothly")
    func weighted() {
        let plan = plan([member(0, weight: 100), member(1, weight: 200), member(2, weight: 700)], .weighted)
        let shares = shares(plan)
        for (number, share) in [(0, 0.1), (1, 0.2), (2, 0.7)] {
            #expect(abs((shares[number] ?? 0) - share) < 0.002, "\(number): \(shares)")
        }
        // In any 100 in a row the lightest comes about ten times: no bursts.
        for start in stride(from: 0, to: 5_000, by: 97) {
            let picked = (start..<start + 100).filter { turn in
                plan.pick(turn: UInt64(turn), bits: 0, key: nil, tick: 0, inFlight: 0)?.instance.address == "host:0"
            }
            #expect((6...14).contains(picked.count), "\(picked.count) from \(start)")
        }
    }

    @Test("least request prefers who has less to do")
    func leastRequest() {
        let members = [member(0), member(1), member(2)]
        members[1].endpoint.inFlight.store(5, ordering: .relaxed)
        let shares = shares(plan(members, .leastRequest))
        #expect(shares[1] == nil, "of two different ones it is never the lesser: \(shares)")
        #expect(abs((shares[0] ?? 0) - 0.5) < 0.02)
    }

    @Test("two choices spread calls far more evenly than one")
    func twoChoices() {
        func worst(_ algorithm: BalancerPolicy.Algorithm) -> Int {
            let members = (0..<100).map { member($0) }
            let plan = plan(members, algorithm)
            for turn in 0..<1_000 {
                let bits = MaglevTable.mixed(UInt64(turn) &+ 5)
                // The key is as good as chance, and nothing is bounded: one choice.
                plan.pick(turn: UInt64(turn), bits: bits, key: bits, tick: 0, inFlight: 1_000_000)?
                    .inFlight.add(1, ordering: .relaxed)
            }
            return members.map { $0.endpoint.callsInFlight }.max() ?? 0
        }
        #expect(worst(.leastRequest) <= 13)
        #expect(worst(.peakEWMA) <= 13)
        #expect(worst(.consistentHash) >= 16)
    }

    @Test("peak EWMA prefers the faster, counts what is under way, and lets one call find out about a new one")
    func peakEWMA() {
        let members = [member(0), member(1), member(2)]
        let plan = plan(members, .peakEWMA)
        members[0].endpoint.observe(microseconds: 10_000, at: 0, plan.memory)
        members[1].endpoint.observe(microseconds: 30_000, at: 0, plan.memory)
        members[2].endpoint.observe(microseconds: 30_000, at: 0, plan.memory)
        #expect((shares(plan)[0] ?? 0) > 0.65, "wins every pair it is in, two in three")
        // Three under way at 10 ms are as bad as one at 40.
        members[0].endpoint.inFlight.store(4, ordering: .relaxed)
        #expect(shares(plan)[0] == nil)
        let new = member(3)
        let withNew = self.plan(members + [new], .peakEWMA)
        #expect((shares(withNew)[3] ?? 0) > 0.45, "wins every pair while nobody knows it")
        new.endpoint.inFlight.store(1, ordering: .relaxed)
        #expect(shares(withNew)[3] == nil, "one call finds out")
    }

    @Test("a peak counts at once and fades by its decay")
    func fading() {
        let memory = PeakMemory(decay: .seconds(10))
        let endpoint = member(0).endpoint
        func cost(_ tick: Tick) -> Float { memory.microseconds(endpoint.cost.load(ordering: .relaxed), at: tick) }
        endpoint.observe(microseconds: 10_000, at: 1_000, memory)
        endpoint.observe(microseconds: 500_000, at: 1_000, memory)
        #expect(cost(1_000) == 500_000)
        endpoint.observe(microseconds: 10_000, at: 1_001, memory)
        #expect(cost(1_001) > 490_000, "one good answer does not wipe it out")
        #expect(abs(cost(11_001) / 500_000 - 0.3679) < 0.03, "a third after the decay")
        #expect(cost(900) == cost(1_001), "an earlier reading of the clock takes nothing away")
        endpoint.observe(microseconds: 20_000, at: 61_000, memory)
        #expect(abs(cost(61_000) - 20_000) < 500)
        // Over the end of the counter of milliseconds.
        endpoint.cost.store(0, ordering: .relaxed)
        endpoint.observe(microseconds: 1_000, at: .max - 10, memory)
        #expect(abs(cost(20) - 1_000) < 5)
    }

    @Test("a key stays with its instance; who comes or goes moves few others")
    func consistent() {
        let members = (0..<20).map { member($0) }
        let before = plan(members, .consistentHash)
        let after = plan(Array(members.dropLast()), .consistentHash)
        var moved = 0
        for number in 0..<10_000 {
            let key = LoadBalancer.key(of: "customer-\(number)")
            let first = before.pick(turn: 1, bits: 1, key: key, tick: 0, inFlight: 0)
            #expect(before.pick(turn: 9, bits: 9, key: key, tick: 9, inFlight: 0) === first)
            let second = after.pick(turn: 1, bits: 1, key: key, tick: 0, inFlight: 0)
            if first !== members[19].endpoint, first !== second { moved += 1 }
        }
        #expect(moved < 500, "of those that could have stayed \(moved) of 10,000 moved")
        let shares = shares(before, key: true)
        #expect(shares.values.allSatisfy { abs($0 - 0.05) < 0.01 }, "\(shares)")
    }

    @Test("shares of keys follow the weights")
    func consistentWeights() {
        let shares = shares(plan([member(0, weight: 100), member(1, weight: 300)], .consistentHash), key: true)
        #expect(abs((shares[1] ?? 0) - 0.75) < 0.02, "\(shares)")
    }

    @Test("no instance gets more than its bounded share of a popular key")
    func boundedLoad() {
        let members = (0..<10).map { member($0) }
        let plan = plan(members, .consistentHash)
        let key = LoadBalancer.key(of: "everybody wants this")
        for underWay in 0..<1_000 {
            plan.pick(turn: 0, bits: 0, key: key, tick: 0, inFlight: underWay)?.inFlight.add(1, ordering: .relaxed)
        }
        let loads = members.map { $0.endpoint.callsInFlight }
        #expect(loads.max() ?? 0 <= 126, "1.25 times the mean of 100: \(loads)")
        #expect(loads.reduce(0, +) == 1_000)
    }

    @Test("the own zone gets all calls while most of it is usable, then less by share")
    func zones() {
        var members = (0..<10).map { member($0, zone: $0 < 5 ? "a" : "b") }
        func home(_ members: [BalancerPlan.Member]) -> Double {
            shares(plan(members, .leastRequest, zone: "a") { $0.panicThreshold = 0 })
                .reduce(0) { $0 + ($1.key < 5 ? $1.value : 0) }
        }
        #expect(home(members) > 0.9999)
        members[0].isEjected = true
        #expect(home(members) > 0.9999, "80 % of it times 1.4 is enough")
        members[1].isEjected = true
        members[2].isEjected = true
        #expect(abs(home(members) - 0.56) < 0.02, "40 % of it times 1.4")
        members[3].isEjected = true
        #expect(abs(home(members) - 1.0 / 6) < 0.02, "one is too few to be preferred: a sixth of all usable")
        #expect(shares(plan(members, .roundRobin, zone: "c")).count == 6, "in a zone of its own it asks everybody")
        #expect(shares(plan(members, .roundRobin)).count == 6)
    }

    @Test("a key keeps its zone, too")
    func keysAndZones() {
        var members = (0..<10).map { member($0, zone: $0 < 5 ? "a" : "b") }
        for number in 0..<3 { members[number].isEjected = true }
        let plan = plan(members, .consistentHash, zone: "a") { $0.panicThreshold = 0 }
        #expect(plan.homeShare < 1 << 32)
        for number in 0..<200 {
            let key = LoadBalancer.key(of: "k\(number)")
            let picks = (0..<5).map { plan.pick(turn: $0, bits: $0, key: key, tick: 0, inFlight: 0) }
            #expect(picks.allSatisfy { $0 === picks[0] })
        }
    }

    @Test("a new instance begins with a tenth and gets its share in half a minute", arguments: [
        (BalancerPolicy.Algorithm.roundRobin, Duration.zero, 0.1 / 2.1), (.weighted, .zero, 0.1 / 2.1),
        (.roundRobin, .seconds(15), 0.5 / 2.5), (.weighted, .seconds(27), 0.9 / 2.9),
        (.weighted, .seconds(30), 1.0 / 3),
    ])
    func slowStart(algorithm: BalancerPolicy.Algorithm, age: Duration, share: Double) {
        let plan = plan([member(0), member(1), member(2, age: age)], algorithm)
        #expect(abs((shares(plan)[2] ?? 0) - share) < 0.003)
        #expect(plan.isWarming == (age < .seconds(30)))
    }

    @Test("two choices meet a new instance as seldom as its weight says")
    func slowStartOfTwo() {
        for algorithm in [BalancerPolicy.Algorithm.leastRequest, .peakEWMA] {
            let share = shares(plan([member(0), member(1), member(2, age: .zero)], algorithm))[2] ?? 0
            #expect(share < 0.12, "\(algorithm): \(share)")
            #expect(share > 0.01, "\(algorithm): \(share)")
        }
    }

    @Test("when all are new nobody is spared")
    func allNew() {
        let shares = shares(plan((0..<4).map { member($0, age: .zero) }, .weighted))
        #expect(shares.values.allSatisfy { abs($0 - 0.25) < 0.001 })
    }

    @Test("draining and ejected ones get nothing", arguments: BalancerPolicy.Algorithm.allCases)
    func outOfTheChoice(algorithm: BalancerPolicy.Algorithm) {
        var members = (0..<6).map { member($0) }
        members[1].isDraining = true
        members[4].isEjected = true
        #expect(shares(plan(members, algorithm), picks: 2_000).keys.sorted() == [0, 2, 3, 5])
    }

    @Test("when too many are ejected all are used; those that drain only when there is nobody else")
    func panic() {
        var members = (0..<4).map { member($0) }
        members[0].isEjected = true
        members[1].isEjected = true
        #expect(shares(plan(members, .roundRobin)).count == 2, "half is not below half")
        members[2].isEjected = true
        #expect(plan(members, .roundRobin).isPanicking)
        #expect(shares(plan(members, .roundRobin)).count == 4)
        #expect(shares(plan(members, .roundRobin) { $0.panicThreshold = 0 }).keys.sorted() == [3])
        members[3].isDraining = true
        #expect(shares(plan(members, .roundRobin)).keys.sorted() == [0, 1, 2], "better ill than about to leave")
        for number in 0..<3 { members[number].isDraining = true }
        #expect(shares(plan(members, .roundRobin)).count == 4)
    }

    @Test("a repeated call goes elsewhere while there is an elsewhere", arguments: BalancerPolicy.Algorithm.allCases)
    func avoiding(algorithm: BalancerPolicy.Algorithm) {
        let members = (0..<5).map { member($0, zone: $0 < 2 ? "a" : "b") }
        let plan = plan(members, algorithm, zone: "a")
        for turn in UInt64(0)..<200 {
            var tried: [Endpoint] = []
            for _ in 0..<5 {
                let key = algorithm == .consistentHash ? LoadBalancer.key(of: "k\(turn)") : nil
                let next = plan.pick(
                    turn: turn, bits: MaglevTable.mixed(turn), key: key, tick: 0, inFlight: 0, avoiding: tried)
                guard let next else { return #expect(Bool(false), "nobody") }
                #expect(!tried.contains { $0 === next })
                tried.append(next)
            }
            #expect(tried.prefix(2).allSatisfy { $0.instance.zone == "a" }, "at home first")
            #expect(
                plan.pick(turn: turn, bits: turn, key: nil, tick: 0, inFlight: 0, avoiding: tried) != nil,
                "rather one that was tried than none")
        }
    }

    @Test("an alias table draws by weight to within its rounding")
    func alias() {
        let weights = [1.0, 999, 0.001, 50, 50, 17]
        let table = AliasTable(weights)
        var counts = [Int](repeating: 0, count: weights.count)
        let draws = 400_000
        for number in 0..<draws { counts[table.index(at: MaglevTable.mixed(UInt64(number)))] += 1 }
        let total = weights.reduce(0, +)
        for (count, weight) in zip(counts, weights) {
            let expected = weight / total * Double(draws)
            #expect(abs(Double(count) - expected) < 5 * expected.squareRoot() + 2)
        }
        #expect(AliasTable([3]).index(at: .max) == 0)
    }

    @Test("wrong values are named")
    func problems() {
        #expect(BalancerPolicy().problems().isEmpty)
        #expect(OutlierPolicy().problems().isEmpty)
        var policy = BalancerPolicy(panicThreshold: 1.5, decay: .zero, hashLoadMax: 1)
        policy.zones = .init(ownInstancesMin: 0, overprovisioning: 0.5)
        policy.slowStart = .init(window: .zero, initialShare: 0)
        #expect(policy.problems().count == 7)
        #expect(policy.problems().contains("balancer.hashLoadMax is 1.0; allowed are 1.05 to 10.0"))
        let outliers = OutlierPolicy(
            consecutiveFailures: 0, sweepInterval: .zero, ejection: .seconds(30), ejectionMax: .seconds(29),
            ejectedShareMax: 2, successRate: .init(instancesMin: 1), latency: .init(factor: 1),
            timeoutCountsAfter: .seconds(-1), abandonedCountsAfter: .zero)
        #expect(outliers.problems().count == 8)
    }
}
