/// A token bucket as one number: the moment at which it is full again (GCRA, ITU-T I.371).
///
/// A value; time comes in, the decision goes out. Exact to the nanosecond; what a token takes to come
/// back is whole nanoseconds, rounded down. One bucket belongs to one limit; a limit that changes while it
/// runs takes effect with the next call.
public struct TokenBucket: Sendable, Hashable {
    /// How much may pass. Plain data.
    public struct Limit: Sendable, Hashable {
        /// So many `per` time, 1 to 1,000,000.
        public var tokens: Int
        /// The time in which an empty bucket gains ``tokens``, 1 ms to 24 hours.
        public var per: Duration
        /// So many at once after a pause, 1 to 1,000,000; the size of the bucket.
        public var burst: Int

        /// - Parameter burst: by default as many as `tokens`.
        public init(_ tokens: Int, per: Duration, burst: Int? = nil) {
            self.tokens = tokens
            self.per = per
            self.burst = burst ?? tokens
        }

        /// What is wrong with the values, each with what is allowed; empty when nothing is.
        public func problems() -> [String] {
            var problems = PolicyProblems()
            problems.require(1...1_000_000, tokens, "limit.tokens")
            problems.require(.milliseconds(1) ... .seconds(86_400), per, "limit.per")
            problems.require(1...1_000_000, burst, "limit.burst")
            if problems.list.isEmpty { problems.requireFilling(burst, of: self, "limit.burst") }
            return problems.list
        }

        /// How long one token takes to come back.
        var nanosecondsPerToken: Int64 { per.nanoseconds / Int64(tokens) }
    }

    /// What became of one request for tokens.
    public typealias Decision = RateLimit.Decision

    /// Uptime in nanoseconds at which the bucket is full.
    private var fullAt: Int64 = .min

    /// A full bucket.
    public init() {}

    /// Takes `count` tokens (1 or more) if they are there.
    ///
    /// - Parameter now: `TimeSource.uptime`.
    public mutating func take(_ count: Int = 1, limit: Limit, now: Duration) -> Decision {
        let now = now.nanoseconds
        let each = limit.nanosecondsPerToken
        let size = each * Int64(limit.burst)
        // A smaller limit may have come into force; nobody waits for more than the bucket can hold.
        let missing = min(max(fullAt, now) - now, size)
        guard count <= limit.burst else {
            return Decision(
                isAllowed: false, remaining: Int((size - missing) / each), retryAfter: nil,
                fullAfter: .nanoseconds(missing))
        }
        let wanted = each * Int64(count)
        let isAllowed = missing + wanted <= size
        let after = isAllowed ? missing + wanted : missing
        fullAt = now + after
        return Decision(
            isAllowed: isAllowed, remaining: Int((size - after) / each),
            retryAfter: isAllowed ? .zero : .nanoseconds(missing + wanted - size),
            fullAfter: .nanoseconds(after))
    }
}

extension Duration {
    /// Whole nanoseconds, rounded toward zero.
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

extension PolicyProblems {
    /// A bucket that takes longer to fill than a clock can count is refused.
    mutating func requireFilling(_ size: Int, of limit: TokenBucket.Limit, _ key: String) {
        let yearsMax = 100.0
        let years = Double(limit.nanosecondsPerToken) * Double(size) / (365 * 86_400e9)
        if years > yearsMax {
            add("\(key) is \(size), which takes \(Int(years)) years to fill; allowed are up to \(Int(yearsMax)) years")
        }
    }
}
