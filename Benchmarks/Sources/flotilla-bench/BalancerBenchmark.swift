import FlotillaCore
import FlotillaResilience

/// What it costs to choose one of 1,000 instances, and how evenly the calls are spread.
struct BalancerBenchmark {
    private let endpoints = 1_000
    private let underWay = 4_000
    private let rounds = 2_000

    func run(into table: inout FigureTable) throws {
        say("balancer: \(endpoints) instances, \(underWay) calls under way")
        for algorithm in BalancerPolicy.Algorithm.allCases {
            for isEven in [true, false] {
                let isSpecial = algorithm == .roundRobin || algorithm == .weighted
                guard isEven || isSpecial == (algorithm == .weighted) else { continue }
                let figures = try measure(algorithm, isEven: isEven)
                let weights = isEven ? "" : ", uneven weights"
                table.add("pick, \(algorithm.rawValue)\(weights)", figures.picks, aim: "at most 50 ns")
                table.add("finish, \(algorithm.rawValue)\(weights)", figures.finishes)
                table.add("spread, \(algorithm.rawValue)\(weights)", figures.spread)
            }
        }
    }

    private func measure(
        _ algorithm: BalancerPolicy.Algorithm, isEven: Bool
    ) throws -> (picks: String, finishes: String, spread: String) {
        let time = ManualTime()
        let world = World.manual(time)
        let balancer = LoadBalancer(
            of: "bench", in: InProcessDirectory(time: time),
            policy: BalancerPolicy(algorithm: algorithm, slowStart: nil), world: world)
        balancer.take(list(isEven: isEven))
        var picked: [Endpoint] = []
        picked.reserveCapacity(underWay + endpoints)
        var picking = Samples()
        var finishing = Samples()
        var worstLoad = 0.0
        for round in 0..<rounds {
            // Keys are drawn beforehand: making one from a text is the caller's.
            let base = UInt64(round) &* 0xD1B5_4A32_D192_ED03
            let start = Usage.now()
            for number in 0..<endpoints {
                picked.append(try balancer.pick(key: (base &+ UInt64(number)) &* 0x9E37_79B9_7F4A_7C15))
            }
            picking.add(Usage.now().since(start).seconds / Double(endpoints))
            time.advance(by: .milliseconds(1))
            if round % 100 == 99 { worstLoad = max(worstLoad, load(of: balancer)) }
            guard picked.count >= underWay else { continue }
            let middle = Usage.now()
            for endpoint in picked.prefix(endpoints) { balancer.finish(endpoint, .success, took: .milliseconds(4)) }
            finishing.add(Usage.now().since(middle).seconds / Double(endpoints))
            picked.removeFirst(endpoints)
        }
        return (
            nanoseconds(picking), nanoseconds(finishing),
            "most picks / mean \(ratio(spread(of: balancer))), most calls under way / mean \(ratio(worstLoad))"
        )
    }

    private func list(isEven: Bool) -> InstanceList {
        InstanceList(
            service: "bench",
            records: (0..<endpoints).map { number in
                let instance = Instance(
                    id: InstanceID(unchecked: "bench-\(10_000 + number)"), service: "bench",
                    address: "10.0.0.1:\(10_000 + number)", weight: isEven ? 100 : 50 + number % 100)
                return InstanceRecord(instance: instance, registeredAt: Timestamp(seconds: 0))
            })
    }

    /// The most picks of an instance by its weight, over the mean.
    private func spread(of balancer: LoadBalancer) -> Double {
        let shot = balancer.snapshot()
        let weights = shot.endpoints.reduce(0) { $0 + $1.instance.weight }
        let picks = shot.endpoints.reduce(0) { $0 + $1.picks }
        return shot.endpoints.map { entry in
            Double(entry.picks) / (Double(picks) * Double(entry.instance.weight) / Double(weights))
        }.max() ?? 0
    }

    private func load(of balancer: LoadBalancer) -> Double {
        let shot = balancer.snapshot()
        let most = shot.endpoints.map(\.inFlight).max() ?? 0
        return Double(most) / (Double(shot.inFlight) / Double(shot.endpoints.count))
    }

    /// The median and the ninth decile of runs of 1,000: what else the machine does disturbs some, not most.
    private func nanoseconds(_ samples: Samples) -> String {
        let sorted = samples.values.sorted()
        func at(_ share: Double) -> Double { Double(Int(sorted[Int(Double(sorted.count) * share)] * 1e10)) / 10 }
        return "\(at(0.5)) ns (nine in ten below \(at(0.9)))"
    }

    private func ratio(_ value: Double) -> String { "\(Double(Int(value * 1_000)) / 1_000)" }
}
