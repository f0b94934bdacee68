/// How many calls may be under way at once where nobody can say the right number beforehand. Plain data.
///
/// The limit follows what is measured: while calls take about as long as they do without a queue it grows, when
/// they take ``tolerance`` times that it falls (a gradient limiter; Netflix concurrency-limits, Envoy's
/// adaptive concurrency). Less important calls may fill only a share of it, so they are shed first.
public struct AdaptiveLimit: Sendable, Hashable {
    /// The limit never falls below, 1 to 100,000. So many pass however slow things are.
    public var limitMin: Int
    /// The limit never grows above, ``limitMin`` to 100,000. Not more than memory holds.
    public var limitMax: Int
    /// The limit before anything has been measured, and after a long rest.
    public var limitStart: Int
    /// How many times as long as without a queue calls may take on average, above 1 up to 100.
    public var tolerance: Double
    /// What is faster than this is never slow, zero to 1 minute: on latencies under ``tolerance`` times
    /// this the limit does not fall.
    public var latencyFloor: Duration
    /// The limit is reconsidered so often, 10 ms to 1 minute.
    public var window: Duration
    /// What calls take without a queue is measured anew after so long under load, by letting
    /// only a quarter of the limit in for a moment; 1 second to 1 hour.
    public var probeEvery: Duration
    /// Standard calls may fill this share of the limit, above 0 up to 1.
    public var standardShare: Double
    /// Background calls may fill this share of the limit, above 0, no more than ``standardShare``.
    public var backgroundShare: Double
    /// What those that are shed are told to wait, 1 ms to 1 hour.
    public var retryAfter: Duration

    /// 10 to 1,000 calls, 50 at first; twice the latency is too slow, but never what is under 2 ms; measured each
    /// 100 ms, without a queue each 10 s under load; standard calls fill 80 %, background calls 50 %.
    public init(
        limitMin: Int = 10, limitMax: Int = 1_000, limitStart: Int = 50, tolerance: Double = 2,
        latencyFloor: Duration = .milliseconds(1), window: Duration = .milliseconds(100),
        probeEvery: Duration = .seconds(10), standardShare: Double = 0.8, backgroundShare: Double = 0.5,
        retryAfter: Duration = .seconds(1)
    ) {
        self.limitMin = limitMin
        self.limitMax = limitMax
        self.limitStart = limitStart
        self.tolerance = tolerance
        self.latencyFloor = latencyFloor
        self.window = window
        self.probeEvery = probeEvery
        self.standardShare = standardShare
        self.backgroundShare = backgroundShare
        self.retryAfter = retryAfter
    }

    /// For one target: 10 to 1,000 at once.
    public static let standard = AdaptiveLimit()
    /// For the door of a whole process: 128 to 2,000 at once, nothing under 40 ms is slow, and of the room at least
    /// three tenths are for critical calls, which take longer than others. The minimum is what comes in while a busy
    /// machine gives the process no time for 50 ms: such a pause is no overload.
    public static let door = AdaptiveLimit(
        limitMin: 128, limitMax: 2_000, limitStart: 256, latencyFloor: .milliseconds(20), standardShare: 0.7,
        backgroundShare: 0.4)

    /// The share of the limit that calls of this priority may fill; 1 for critical ones.
    public func share(of priority: CallPriority) -> Double {
        switch priority {
        case .critical: 1
        case .standard: standardShare
        case .background: backgroundShare
        }
    }

    /// What is wrong with the values, each with what is allowed; empty when nothing is.
    public func problems() -> [String] {
        var problems = PolicyProblems()
        problems.require(1...100_000, limitMin, "adaptive.limitMin")
        problems.require(1...100_000, limitMax, "adaptive.limitMax")
        if limitMin > limitMax {
            problems.add("adaptive.limitMin is \(limitMin); allowed is at most adaptive.limitMax (\(limitMax))")
        } else {
            problems.require(limitMin...limitMax, limitStart, "adaptive.limitStart")
        }
        if !(tolerance > 1 && tolerance <= 100) {
            problems.add("adaptive.tolerance is \(tolerance); allowed is above 1 up to 100")
        }
        problems.require(.zero ... .seconds(60), latencyFloor, "adaptive.latencyFloor")
        problems.require(.milliseconds(10) ... .seconds(60), window, "adaptive.window")
        problems.require(.seconds(1) ... .seconds(3600), probeEvery, "adaptive.probeEvery")
        problems.requireShare(standardShare, "adaptive.standardShare")
        problems.requireShare(backgroundShare, "adaptive.backgroundShare")
        if backgroundShare > standardShare {
            problems.add(
                "adaptive.backgroundShare is \(backgroundShare); allowed is at most adaptive.standardShare "
                    + "(\(standardShare)), for background calls are shed first")
        }
        problems.require(.milliseconds(1) ... .seconds(3600), retryAfter, "adaptive.retryAfter")
        return problems.list
    }
}
