/// How calls are spread over the instances of a service. Plain data, from configuration.
///
/// The defaults suit a shop: the quickest of two instances at random, the own zone first, newcomers gently.
public struct BalancerPolicy: Sendable, Hashable {
    /// Who is asked next. The raw values are their names in configuration.
    public enum Algorithm: String, Sendable, Hashable, CaseIterable {
        /// One after the other, whatever their weights.
        case roundRobin = "round-robin"
        /// In proportion to their weights, evenly mixed.
        case weighted
        /// Of two at random the one with fewer calls under way (Mitzenmacher, "The power of two choices").
        case leastRequest = "least-request"
        /// Of two at random the one whose recent peak latency times its calls under way is less (Finagle's Peak
        /// EWMA). A failure counts as a slow answer, so that who fails fastest does not get the most.
        case peakEWMA = "peak-ewma"
        /// The same instance for the same key as long as it is there and not overloaded (Maglev, Eisenbud et al.;
        /// bounded loads, Mirrokni et al.).
        case consistentHash = "consistent-hash"
    }

    /// Calls prefer instances of the caller's zone.
    public struct Zones: Sendable, Hashable {
        /// With fewer usable instances than these in the own zone all zones are used alike, 1 to 100.
        public var ownInstancesMin: Int
        /// How much more than its normal share a usable instance can take, 1 to 10. At 1.4 all calls stay in the
        /// zone while 72 % of its instances are usable; below that, what they cannot take goes to other zones.
        public var overprovisioning: Double

        /// Two instances, and 1.4 as with Envoy, unless told otherwise.
        public init(ownInstancesMin: Int = 2, overprovisioning: Double = 1.4) {
            self.ownInstancesMin = ownInstancesMin
            self.overprovisioning = overprovisioning
        }
    }

    /// An instance that is new, or back after an ejection, gets its share little by little.
    public struct SlowStart: Sendable, Hashable {
        /// How long it takes to get the whole share, 1 second to 1 hour.
        public var window: Duration
        /// The share of its weight it begins with, above 0 and up to 1; from there it grows evenly.
        public var initialShare: Double

        /// 30 seconds from a tenth, unless told otherwise.
        public init(window: Duration = .seconds(30), initialShare: Double = 0.1) {
            self.window = window
            self.initialShare = initialShare
        }
    }

    /// Who is asked next.
    public var algorithm: Algorithm
    /// Nil: zones do not matter.
    public var zones: Zones?
    /// Nil: newcomers get their whole share at once. Without effect on ``Algorithm/consistentHash``, where keys
    /// would move with every change of a weight.
    public var slowStart: SlowStart?
    /// With a smaller share of usable instances than this the ejected ones are used too, 0 (never) to 1: when most
    /// seem ill it is rather the network or the load, and the rest would not survive the whole load (Envoy).
    public var panicThreshold: Double
    /// ``Algorithm/peakEWMA``: the time in which the memory of a peak fades to a third, 100 ms to 10 minutes.
    public var decay: Duration
    /// ``Algorithm/peakEWMA``: a failed call counts as one that took at least this long, 1 ms to 1 hour.
    public var failureLatency: Duration
    /// ``Algorithm/consistentHash``: no instance gets more than so many times its share of the calls under way,
    /// 1.05 to 10; the key's next choice does.
    public var hashLoadMax: Double

    /// Peak EWMA over 10 seconds with failures as 1 second, zones, slow start and panic below half, unless told
    /// otherwise.
    public init(
        algorithm: Algorithm = .peakEWMA, zones: Zones? = Zones(), slowStart: SlowStart? = SlowStart(),
        panicThreshold: Double = 0.5, decay: Duration = .seconds(10), failureLatency: Duration = .seconds(1),
        hashLoadMax: Double = 1.25
    ) {
        self.algorithm = algorithm
        self.zones = zones
        self.slowStart = slowStart
        self.panicThreshold = panicThreshold
        self.decay = decay
        self.failureLatency = failureLatency
        self.hashLoadMax = hashLoadMax
    }

    /// What is wrong with the values, each with what is allowed; empty when nothing is.
    public func problems() -> [String] {
        var problems = PolicyProblems()
        if let zones {
            problems.require(1...100, zones.ownInstancesMin, "balancer.zones.ownInstancesMin")
            problems.require(1...10, zones.overprovisioning, "balancer.zones.overprovisioning")
        }
        if let slowStart {
            problems.require(.seconds(1) ... .seconds(3600), slowStart.window, "balancer.slowStart.window")
            problems.requireShare(slowStart.initialShare, "balancer.slowStart.initialShare")
        }
        problems.require(0...1, panicThreshold, "balancer.panicThreshold")
        problems.require(.milliseconds(100) ... .seconds(600), decay, "balancer.decay")
        problems.require(.milliseconds(1) ... .seconds(3600), failureLatency, "balancer.failureLatency")
        problems.require(1.05...10, hashLoadMax, "balancer.hashLoadMax")
        return problems.list
    }
}
