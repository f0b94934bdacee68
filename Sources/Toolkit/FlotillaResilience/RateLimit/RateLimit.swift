/// How much may pass in how much time, and by which algorithm that is counted. Plain data.
public struct RateLimit: Sendable, Hashable {
    /// How passing is counted. Each answers the same ``Decision``.
    public enum Algorithm: Sendable, Hashable {
        /// So many at once after a pause, then at an even rate (GCRA, ITU-T I.371); ``TokenBucket``.
        /// In any time `t` at most `burst + count * t / per` pass. 8 bytes a key.
        case tokenBucket(burst: Int)
        /// At an even rate only: what comes sooner waits its turn, at most `queue` of them (a queue with a
        /// constant drain; Turner, "New directions in communications", 1986). 8 bytes a key.
        case leakyBucket(queue: Int)
        /// So many in each window; a window begins with the first that passes after the one before ended.
        /// Up to twice `count` pass around the border of two windows. 16 bytes a key.
        case fixedWindow
        /// Never more than `count` in any stretch of time as long as `per`: every passing is remembered.
        /// Exact; 8 bytes for each of up to `count` passings a key.
        case slidingLog
        /// Two windows, the earlier one counted by the share of it that is not over yet (Cloudflare, "How we
        /// built rate limiting capable of scaling to millions of domains", 2017). Right when passings are evenly
        /// spread; in the worst case nearly twice `count` pass in a stretch as long as `per`. 16 bytes a key.
        case slidingCounter
    }

    /// The algorithms by the names they have in configuration.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case tokenBucket = "token-bucket"
        case leakyBucket = "leaky-bucket"
        case fixedWindow = "fixed-window"
        case slidingLog = "sliding-log"
        case slidingCounter = "sliding-counter"
    }

    /// What became of one request, with what the `RateLimit` header fields need.
    public struct Decision: Sendable, Hashable {
        /// Whether it may pass, and has been counted.
        public var isAllowed: Bool
        /// How long an allowed one has to wait before it goes; zero but for the leaky bucket.
        public var delay: Duration
        /// How many more would pass (or be queued) at this moment.
        public var remaining: Int
        /// When the same request would be allowed, if none came before it; zero when it was. Nil when it
        /// never will be, because it asks for more than the limit ever lets through at once.
        public var retryAfter: Duration?
        /// When all is as if nothing had ever passed.
        public var fullAfter: Duration

        public init(
            isAllowed: Bool, delay: Duration = .zero, remaining: Int, retryAfter: Duration?, fullAfter: Duration
        ) {
            self.isAllowed = isAllowed
            self.delay = delay
            self.remaining = remaining
            self.retryAfter = retryAfter
            self.fullAfter = fullAfter
        }
    }

    /// The most ``Algorithm/slidingLog`` remembers for one key.
    public static let logMax = 10_000

    /// So many `per` time, 1 to 1,000,000; with the sliding log at most ``logMax``.
    public var count: Int
    /// The time in which ``count`` may pass, 1 ms to 24 hours.
    public var per: Duration
    /// How it is counted.
    public var algorithm: Algorithm

    public init(_ count: Int, per: Duration, by algorithm: Algorithm) {
        self.count = count
        self.per = per
        self.algorithm = algorithm
    }

    /// A token bucket, the right one unless there is a reason: it forgives a burst and costs least.
    ///
    /// - Parameter burst: the size of the bucket, 1 to 1,000,000; by default as many as `count`.
    public init(_ count: Int, per: Duration, burst: Int? = nil) {
        self.init(count, per: per, by: .tokenBucket(burst: burst ?? count))
    }

    /// As configuration names things.
    ///
    /// - Parameters:
    ///   - burst: of a token bucket; by default as many as `count`. Others have none.
    ///   - queue: of a leaky bucket; by default as many as `count`. Others have none.
    public init(_ kind: Kind, _ count: Int, per: Duration, burst: Int? = nil, queue: Int? = nil) {
        let algorithm: Algorithm =
            switch kind {
            case .tokenBucket: .tokenBucket(burst: burst ?? count)
            case .leakyBucket: .leakyBucket(queue: queue ?? count)
            case .fixedWindow: .fixedWindow
            case .slidingLog: .slidingLog
            case .slidingCounter: .slidingCounter
            }
        self.init(count, per: per, by: algorithm)
    }

    /// Which algorithm, without its parameters.
    public var kind: Kind {
        switch algorithm {
        case .tokenBucket: .tokenBucket
        case .leakyBucket: .leakyBucket
        case .fixedWindow: .fixedWindow
        case .slidingLog: .slidingLog
        case .slidingCounter: .slidingCounter
        }
    }

    /// What is wrong with the values, each with what is allowed; empty when nothing is.
    public func problems() -> [String] {
        var problems = PolicyProblems()
        problems.require(1...1_000_000, count, "rateLimit.count")
        problems.require(.milliseconds(1) ... .seconds(86_400), per, "rateLimit.per")
        switch algorithm {
        case .tokenBucket(let burst):
            problems.require(1...1_000_000, burst, "rateLimit.burst")
            if problems.list.isEmpty {
                problems.requireFilling(burst, of: .init(count, per: per, burst: burst), "rateLimit.burst")
            }
        case .leakyBucket(let queue): problems.require(0...100_000, queue, "rateLimit.queue")
        case .slidingLog where count > Self.logMax:
            problems.add(
                "rateLimit.count is \(count); a sliding-log remembers each of them, allowed are 1 to \(Self.logMax); "
                    + "take sliding-counter or token-bucket for more")
        case .fixedWindow, .slidingLog, .slidingCounter: break
        }
        return problems.list
    }
}
