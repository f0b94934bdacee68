internal import FlotillaCore

/// The numbers of one storm, drawn from a seed: who calls, how much the dependency can do, and what happens to it.
struct StormPlan: Sendable {
    /// What the dependency is like during the event.
    enum Event: Sendable, Hashable {
        /// Connections are refused.
        case refuses
        /// Calls are taken and not answered.
        case hangs
        /// It does its work at this share of its speed.
        case weak(Double)
        /// It breaks this share of its connections.
        case flaky(Double)
        /// All its work takes so many times as long.
        case slow(Double)
    }

    /// The load begins; until then everything was well.
    static let begin = Duration.seconds(20)
    /// The time after the event in which there has to be full service again.
    static let recovery = Duration.seconds(30)
    /// The time after that, in which there has to be nothing else.
    static let after = Duration.seconds(30)
    /// A second between two calls of a caller, on average.
    static let pause = Duration.seconds(1)
    static let keys = 400
    /// How many times as long an answer takes that is not in the cache.
    static let missCost = 5.0

    let storm: Storm
    let callers: Int
    /// How long the dependency works for one answer out of its cache.
    let work: Duration
    /// How long an answer takes at least, besides.
    let latency: Duration
    let event: Event
    let eventTime: Duration
    /// Whether the event empties the cache.
    let emptiesCache: Bool
    /// The share of calls that must not be made twice.
    let unsafeShare: Double
    /// The share of attempts whose connection breaks, at any time.
    let loss: Double
    /// Whether the dependency has a door with an adaptive limit, as a service has; a plain database has none.
    let hasDoor: Bool

    init(_ storm: Storm, seed: UInt64) {
        let random = SeededRandom(seed: StableSeed.make(seed, storm.rawValue))
        func draw(_ range: ClosedRange<Double>) -> Double {
            range.lowerBound + (range.upperBound - range.lowerBound) * random.unit()
        }
        self.storm = storm
        callers = Int(draw(80...140))
        // More than the load and its retries, else the load alone would be too much.
        let perSecond = Double(callers) * draw(1.4...1.8)
        work = .microseconds(Int64(1_000_000 / perSecond))
        latency = .microseconds(Int64(draw(5_000...20_000)))
        unsafeShare = draw(0.1...0.3)
        loss = draw(0.002...0.01)
        emptiesCache = storm == .coldCache
        switch storm {
        case .retryStorm:
            let kind = random.unit()
            event =
                switch kind {
                case ..<0.25: .hangs
                case ..<0.5: .refuses
                case ..<0.75: .weak(draw(0.1...0.5))
                default: .flaky(draw(0.2...0.35))
                }
            eventTime = .milliseconds(Int64(draw(10_000...60_000)))
        case .coldCache:
            event = .refuses
            eventTime = .milliseconds(Int64(draw(1_000...5_000)))
        case .slowDependency:
            event = .slow(20)
            eventTime = .milliseconds(Int64(draw(60_000...180_000)))
        case .overload: preconditionFailure("an overload has a plan of its own")
        }
        // Drawn last, so that what there was before is as it was.
        hasDoor = random.unit() < 0.5
    }

    /// When the event is over.
    var calm: Duration { Self.begin + eventTime }
    /// When the play is over.
    var end: Duration { calm + Self.recovery + Self.after }
}
