internal import FlotillaCore
internal import FlotillaResilience

/// The numbers of one overload, drawn from a seed: how much comes, how much can be done, and what happens.
struct OverloadPlan: Sendable {
    enum Event: Sendable, Hashable {
        /// So many times as many customers come.
        case crowd(Double)
        /// Everything takes so many times as much work.
        case weak(Double)
        /// Nothing is done at all; what came meanwhile is done afterwards.
        case stalls
    }

    /// What is asked for, in the order of priority; also the kinds by which the door tells latencies apart.
    static let priorities = CallPriority.allCases
    /// How much work each is, in proportion to browsing.
    static let weights = [2.0, 1.0, 1.5]
    /// How long customers wait for each.
    static let patience: [Duration] = [.seconds(6), .seconds(3), .seconds(4)]
    /// How often one asks for the same thing, at most.
    static let triesMax = 3
    /// How long one attempt may take behind the door.
    static let timeout = Duration.seconds(5)

    static let begin = Duration.seconds(20)
    /// What the limit may take to find out what is going on.
    static let grace = Duration.seconds(5)
    static let recovery = StormPlan.recovery
    static let after = StormPlan.after

    let event: Event
    let eventTime: Duration
    let workers: Int
    /// How long a worker needs for browsing, on average.
    let work: Duration
    /// What takes time besides, without a worker.
    let latency: Duration
    /// What it is from the end of the event on: what ends the trouble may make everything slower for good.
    let latencyAfter: Duration
    /// Customers who come in a second, when all is well.
    let load: Double
    /// The shares of checkout, browsing and background work.
    let shares: [Double]
    /// Customers who got no answer and ask once more.
    let insistence: Double

    init(seed: UInt64) {
        let random = SeededRandom(seed: StableSeed.make(seed, Storm.overload.rawValue))
        func draw(_ range: ClosedRange<Double>) -> Double {
            range.lowerBound + (range.upperBound - range.lowerBound) * random.unit()
        }
        workers = Int(draw(8...20.99))
        work = .microseconds(Int64(draw(50_000...100_000)))
        latency = .microseconds(Int64(draw(5_000...15_000)))
        latencyAfter = random.unit() < 0.5 ? latency : .microseconds(Int64(draw(150_000...300_000)))
        let checkout = draw(0.03...0.06)
        let background = draw(0.1...0.3)
        shares = [checkout, 1 - checkout - background, background]
        let mean = zip(shares, Self.weights).map { $0 * $1 }.reduce(0, +)
        load = Double(workers) / (work / .seconds(1) * mean) * draw(0.45...0.6)
        insistence = draw(0.3...0.7)
        switch random.unit() {
        case ..<0.4:
            event = .crowd(draw(2...4))
            eventTime = .milliseconds(Int64(draw(20_000...50_000)))
        case ..<0.8:
            event = .weak(draw(2.2...3))
            eventTime = .milliseconds(Int64(draw(20_000...50_000)))
        default:
            event = .stalls
            eventTime = .milliseconds(Int64(draw(3_000...15_000)))
        }
    }

    var calm: Duration { Self.begin + eventTime }
    /// When nobody comes any more.
    var end: Duration { calm + Self.recovery + Self.after }

    func load(at now: Duration) -> Double {
        if case .crowd(let times) = event, now >= Self.begin, now < calm { return load * times }
        return load
    }

    /// 8 to 400 at once; the shares of a shop.
    static let door = AdaptiveLimit(
        limitMin: 8, limitMax: 400, limitStart: 60, standardShare: 0.7, backgroundShare: 0.4)

    /// What is behind the door may take its time; it is given a rest when it is away.
    static let inner = CallPolicy(
        name: "storm", timeout: timeout, retry: nil,
        breaker: BreakerPolicy(openFor: .seconds(1), growth: 2, openForMax: .seconds(4), trials: 3),
        bulkhead: BulkheadPolicy(concurrencyMax: 400, queueMax: 1, waitMax: .milliseconds(10)))

    /// Customers have patience, and no policy.
    static func customer(_ patience: Duration) -> CallPolicy {
        CallPolicy(name: "customer", timeout: patience, retry: nil, breaker: nil, bulkhead: nil)
    }
}
