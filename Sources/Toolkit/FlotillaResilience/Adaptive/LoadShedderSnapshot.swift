/// A load shedder at one moment, for metrics and people.
public struct LoadShedderSnapshot: Sendable, Hashable {
    /// What became of the calls of one priority since the start.
    public struct Calls: Sendable, Hashable {
        /// Which.
        public var priority: CallPriority
        /// Let in.
        public var admitted: Int
        /// Sent away.
        public var shed: Int
    }

    /// What it protects: `gateway`.
    public var target: String
    /// The name of its policy.
    public var name: String
    /// The policy.
    public var policy: AdaptiveLimit
    /// Calls under way at once at most, now; for critical ones, others may fill a share of it.
    public var limit: Int
    /// An operator holds the limit.
    public var isForced: Bool
    /// An operator has turned it off: everybody is let in.
    public var isOff: Bool
    /// What calls take without a queue is being measured, with fewer let in.
    public var isProbing: Bool
    /// Calls under way.
    public var inFlight: Int
    /// How long answered calls took of late.
    public var latency: Duration
    /// How many times as long as without a queue calls took in the last window.
    public var stretch: Double
    /// By priority, the most important first.
    public var calls: [Calls]
    /// Times the limit fell.
    public var falls: Int
    /// Times the baseline was measured anew under load.
    public var probes: Int

    init(target: String, name: String, _ limiter: AdaptiveLimiter) {
        self.target = target
        self.name = name
        policy = limiter.policy
        limit = limiter.forced ?? Int(limiter.limit)
        isForced = limiter.forced != nil
        isOff = limiter.forced.map { $0 >= LoadShedder.unlimited } ?? false
        isProbing = limiter.phase != .open
        inFlight = limiter.inFlight
        latency = .seconds(limiter.latency)
        stretch = limiter.stretch
        calls = CallPriority.allCases.map { priority in
            Calls(priority: priority, admitted: limiter.tally.admitted[priority], shed: limiter.tally.shed[priority])
        }
        falls = limiter.tally.falls
        probes = limiter.tally.probes
    }
}
