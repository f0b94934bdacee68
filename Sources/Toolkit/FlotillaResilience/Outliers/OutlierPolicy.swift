/// When an instance is taken out of the choice for a while because it behaves worse than the others. Plain data.
///
/// The defaults are Envoy's: five failures in a row, a look at all every 10 seconds, out for 30 seconds times the
/// number of times, at most a tenth. One difference: one of two or more may always be ejected
/// (``ejectsOneAlways``), since a tenth of the two or three instances most services have is none.
public struct OutlierPolicy: Sendable, Hashable {
    /// Ejects whose share of successes is far below that of the others: by so many standard deviations.
    public struct SuccessRate: Sendable, Hashable {
        /// With fewer instances that had enough calls nobody is compared, 3 to 1,000.
        public var instancesMin: Int
        /// Calls of an instance between two looks that are enough to be compared, 1 to 100,000.
        public var callsMin: Int
        /// Ejected below the mean minus this many standard deviations, 0.1 to 10.
        public var deviations: Double

        /// Five instances with 100 calls each, and 1.9 deviations, as with Envoy, unless told otherwise.
        public init(instancesMin: Int = 5, callsMin: Int = 100, deviations: Double = 1.9) {
            self.instancesMin = instancesMin
            self.callsMin = callsMin
            self.deviations = deviations
        }
    }

    /// Ejects whose mean latency is many times that of the others.
    public struct Latency: Sendable, Hashable {
        /// Ejected above this many times the median of the instances' means, 1.5 to 1,000.
        public var factor: Double
        /// A mean below this is never too slow, 1 ms to 1 hour.
        public var atLeast: Duration
        /// Calls of an instance between two looks that are enough to be compared, 1 to 100,000.
        public var callsMin: Int

        /// Five times the median, at least 100 ms, of 20 calls, unless told otherwise.
        public init(factor: Double = 5, atLeast: Duration = .milliseconds(100), callsMin: Int = 20) {
            self.factor = factor
            self.atLeast = atLeast
            self.callsMin = callsMin
        }
    }

    /// Ejected at so many failures in a row, 1 to 10,000; nil: never for that. Calls that took too long are failures.
    public var consecutiveFailures: Int?
    /// How often all are looked at: compared, and taken back when their time is over; 100 ms to 10 minutes.
    public var sweepInterval: Duration
    /// How long the first ejection lasts, 100 ms to 1 hour. The n-th in short succession lasts n times as long; each
    /// look that finds the instance in use takes one off n.
    public var ejection: Duration
    /// No ejection lasts longer, up to 24 hours.
    public var ejectionMax: Duration
    /// The share of all instances that may be ejected at a time, above 0 and up to 1.
    public var ejectedShareMax: Double
    /// Whether one may be ejected even where it is more than that share. Never the only instance.
    public var ejectsOneAlways: Bool
    /// Nil: the shares of successes are not compared.
    public var successRate: SuccessRate?
    /// Nil: latencies are not compared.
    public var latency: Latency?
    /// An attempt that its deadline cut off sooner than this says nothing about the instance, 0 to 1 hour: a caller
    /// that comes with little time left must not be able to eject anybody.
    public var timeoutCountsAfter: Duration
    /// An attempt whose caller went away after waiting this long counts as a failure, 1 ms to 1 hour; nil: it says
    /// nothing. For hedged calls, whose losers are cancelled before they are late; not for long polls and streams.
    public var abandonedCountsAfter: Duration?

    /// Envoy's figures, but always one, unless told otherwise.
    public init(
        consecutiveFailures: Int? = 5, sweepInterval: Duration = .seconds(10), ejection: Duration = .seconds(30),
        ejectionMax: Duration = .seconds(300), ejectedShareMax: Double = 0.1, ejectsOneAlways: Bool = true,
        successRate: SuccessRate? = nil, latency: Latency? = nil, timeoutCountsAfter: Duration = .milliseconds(50),
        abandonedCountsAfter: Duration? = nil
    ) {
        self.consecutiveFailures = consecutiveFailures
        self.sweepInterval = sweepInterval
        self.ejection = ejection
        self.ejectionMax = ejectionMax
        self.ejectedShareMax = ejectedShareMax
        self.ejectsOneAlways = ejectsOneAlways
        self.successRate = successRate
        self.latency = latency
        self.timeoutCountsAfter = timeoutCountsAfter
        self.abandonedCountsAfter = abandonedCountsAfter
    }

    /// What is wrong with the values, each with what is allowed; empty when nothing is.
    public func problems() -> [String] {
        var problems = PolicyProblems()
        if let consecutiveFailures {
            problems.require(1...10_000, consecutiveFailures, "outliers.consecutiveFailures")
        }
        problems.require(.milliseconds(100) ... .seconds(600), sweepInterval, "outliers.sweepInterval")
        problems.require(.milliseconds(100) ... .seconds(3600), ejection, "outliers.ejection")
        problems.require(max(ejection, .milliseconds(100)) ... max(ejection, .seconds(86_400)), ejectionMax,
            "outliers.ejectionMax")
        problems.requireShare(ejectedShareMax, "outliers.ejectedShareMax")
        if let successRate {
            problems.require(3...1_000, successRate.instancesMin, "outliers.successRate.instancesMin")
            problems.require(1...100_000, successRate.callsMin, "outliers.successRate.callsMin")
            problems.require(0.1...10, successRate.deviations, "outliers.successRate.deviations")
        }
        if let latency {
            problems.require(1.5...1_000, latency.factor, "outliers.latency.factor")
            problems.require(.milliseconds(1) ... .seconds(3600), latency.atLeast, "outliers.latency.atLeast")
            problems.require(1...100_000, latency.callsMin, "outliers.latency.callsMin")
        }
        problems.require(.zero ... .seconds(3600), timeoutCountsAfter, "outliers.timeoutCountsAfter")
        if let abandonedCountsAfter {
            problems.require(
                .milliseconds(1) ... .seconds(3600), abandonedCountsAfter, "outliers.abandonedCountsAfter")
        }
        return problems.list
    }
}
