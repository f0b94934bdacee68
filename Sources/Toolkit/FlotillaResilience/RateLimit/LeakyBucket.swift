/// A leaky bucket as a queue: whoever comes too soon waits for a turn; who finds the queue full is refused.
///
/// It is a token bucket read the other way round: what is missing there is what still has to drain here, so the
/// bucket of `queue + 1` tokens says who is let in, and how much was missing says how long to wait. A turn
/// that is not used (the caller gave up waiting) is lost.
struct LeakyBucket: Sendable, Hashable {
    private var bucket: TokenBucket

    init(_ bucket: TokenBucket = TokenBucket()) { self.bucket = bucket }

    /// What is left to drain, for whoever keeps it.
    var level: TokenBucket { bucket }

    /// Takes `count` turns in a row, the first of them after ``RateLimit/Decision/delay``.
    mutating func take(
        _ count: Int, every limit: RateLimit, queue: Int, now: Duration
    ) -> RateLimit.Decision {
        let limit = TokenBucket.Limit(limit.count, per: limit.per, burst: queue + 1)
        var decision = bucket.take(count, limit: limit, now: now)
        if decision.isAllowed {
            decision.delay = decision.fullAfter - .nanoseconds(limit.nanosecondsPerToken * Int64(count))
        }
        return decision
    }
}
