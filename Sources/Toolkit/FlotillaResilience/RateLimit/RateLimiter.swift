/// Counts against one ``RateLimit``, whatever its algorithm.
///
/// A value; time comes in, the decision goes out. One limiter belongs to one limit and one key. A limit that changes
/// while it runs takes effect with the next call; when its algorithm changes, counting begins anew (token and
/// leaky bucket go on with what was in them).
public struct RateLimiter: Sendable, Hashable {
    private enum State: Sendable, Hashable {
        case bucket(TokenBucket)
        case window(FixedWindow)
        case log(SlidingLog)
        case counter(SlidingCounter)
    }

    private var state = State.bucket(TokenBucket())

    /// As if nothing had ever passed.
    public init() {}

    /// Lets `count` (1 or more) pass if the limit allows it: all of them or none.
    ///
    /// - Parameters:
    ///   - limit: must be without ``RateLimit/problems()``.
    ///   - now: `TimeSource.uptime`.
    public mutating func take(_ count: Int = 1, limit: RateLimit, now: Duration) -> RateLimit.Decision {
        switch limit.algorithm {
        case .tokenBucket(let burst):
            var bucket = bucket
            defer { state = .bucket(bucket) }
            return bucket.take(count, limit: .init(limit.count, per: limit.per, burst: burst), now: now)
        case .leakyBucket(let queue):
            var bucket = LeakyBucket(bucket)
            defer { state = .bucket(bucket.level) }
            return bucket.take(count, every: limit, queue: queue, now: now)
        case .fixedWindow:
            var window = if case .window(let window) = state { window } else { FixedWindow() }
            defer { state = .window(window) }
            return window.take(count, limit: limit, now: now)
        case .slidingCounter:
            var counter = if case .counter(let counter) = state { counter } else { SlidingCounter() }
            defer { state = .counter(counter) }
            return counter.take(count, limit: limit, now: now)
        case .slidingLog:
            var log = if case .log(let log) = state { log } else { SlidingLog() }
            // Nobody else may hold the ring, or it would be copied for every passing.
            state = .bucket(TokenBucket())
            defer { state = .log(log) }
            return log.take(count, limit: limit, now: now)
        }
    }

    /// What ``take(_:limit:now:)`` would answer to one now. Nothing is taken.
    mutating func look(limit: RateLimit, now: Duration) -> RateLimit.Decision {
        guard case .slidingLog = limit.algorithm, case .log(var log) = state else {
            // A few numbers; only the log would be copied for every look.
            var copy = self
            return copy.take(limit: limit, now: now)
        }
        state = .bucket(TokenBucket())
        defer { state = .log(log) }
        return log.look(limit: limit, now: now)
    }

    /// Passings there is room for in memory; zero but for the sliding log.
    var passings: Int { if case .log(let log) = state { log.capacity } else { 0 } }

    private var bucket: TokenBucket { if case .bucket(let bucket) = state { bucket } else { TokenBucket() } }
}
