/// When a circuit breaker opens, for how long, and how it finds out that all is well again. Plain data.
///
/// The default is the classic one (Nygard, "Release It!"): five failures in a row open it for
/// 60 seconds, then one trial call decides.
public struct BreakerPolicy: Sendable, Hashable {
    /// What makes a closed breaker open.
    public enum Trip: Sendable, Hashable {
        /// So many failures in a row, 1 to 10,000.
        case consecutive(failures: Int)
        /// Too large a share of the recent calls failed or was slow.
        case rate(Rate)
    }

    /// A share of recent calls at which the breaker opens.
    public struct Rate: Sendable, Hashable {
        /// Which calls are recent.
        public enum Window: Sendable, Hashable {
            /// The last so many calls, 1 to 10,000.
            case calls(Int)
            /// The calls of the last so long, 1 second to 1 hour, in steps of a tenth of it.
            case time(Duration)
        }

        /// Which calls are looked at.
        public var window: Window
        /// Opens at this share of failures, above 0 and up to 1.
        public var failureRate: Double
        /// Opens at this share of slow calls, above 0 and up to 1; nil: slowness does not matter.
        public var slowCallRate: Double?
        /// A call that takes at least this long is slow, whatever its outcome.
        public var slowAfter: Duration
        /// Fewer calls than this in the window never open it, 1 to 10,000.
        public var minimumCalls: Int

        /// Half of the last 100 calls, at least 20 of them, unless told otherwise.
        public init(
            window: Window = .calls(100), failureRate: Double = 0.5, slowCallRate: Double? = nil,
            slowAfter: Duration = .seconds(2), minimumCalls: Int = 20
        ) {
            self.window = window
            self.failureRate = failureRate
            self.slowCallRate = slowCallRate
            self.slowAfter = slowAfter
            self.minimumCalls = minimumCalls
        }
    }

    /// What opens it.
    public var trip: Trip
    /// How long it refuses everything before it lets a trial through, 1 ms to 1 hour.
    public var openFor: Duration
    /// Each time it opens again without having closed, it stays open so many times longer, 1 (always the same) to 10.
    public var growth: Double
    /// However often it opened again, it stays open no longer than this, `openFor` to 1 hour.
    public var openForMax: Duration
    /// So many trial calls at once while half-open, and so many successes to close, 1 to 100.
    public var trials: Int

    /// Five failures in a row, 60 seconds, one trial, unless told otherwise.
    ///
    /// - Parameter openForMax: by default ten times `openFor`, but no more than an hour.
    public init(
        trip: Trip = .consecutive(failures: 5), openFor: Duration = .seconds(60), growth: Double = 1,
        openForMax: Duration? = nil, trials: Int = 1
    ) {
        self.trip = trip
        self.openFor = openFor
        self.growth = growth
        self.openForMax = openForMax ?? max(openFor, min(openFor * 10, .seconds(3600)))
        self.trials = trials
    }

    /// How long it stays open when it has opened `times` times in a row (from 1) without having closed.
    public func openTime(times: Int) -> Duration {
        var time = openFor
        // Stops at the longest, so that no number of openings can overflow it.
        for _ in 1..<max(1, times) where growth > 1 && time < openForMax { time = time * growth }
        return min(time, openForMax)
    }

    /// What is wrong with the values, each with what is allowed; empty when nothing is.
    public func problems() -> [String] {
        var problems = PolicyProblems()
        switch trip {
        case .consecutive(let failures):
            problems.require(1...10_000, failures, "breaker.failures")
        case .rate(let rate):
            switch rate.window {
            case .calls(let calls):
                problems.require(1...10_000, calls, "breaker.window (calls)")
                problems.require(1...max(1, calls), rate.minimumCalls, "breaker.minimumCalls")
            case .time(let time):
                problems.require(.seconds(1) ... .seconds(3600), time, "breaker.window (time)")
                problems.require(1...10_000, rate.minimumCalls, "breaker.minimumCalls")
            }
            problems.requireShare(rate.failureRate, "breaker.failureRate")
            if let slow = rate.slowCallRate { problems.requireShare(slow, "breaker.slowCallRate") }
            problems.require(.milliseconds(1) ... .seconds(3600), rate.slowAfter, "breaker.slowAfter")
        }
        problems.require(.milliseconds(1) ... .seconds(3600), openFor, "breaker.openFor")
        if !(1...10).contains(growth) { problems.add("breaker.growth is \(growth); allowed are 1 to 10") }
        problems.require(
            min(openFor, .seconds(3600)) ... .seconds(3600), openForMax, "breaker.openForMax")
        problems.require(1...100, trials, "breaker.trials")
        return problems.list
    }
}
