/// Remembers when each one passed: never more than `count` in any stretch of time as long as `per`.
///
/// What passed at `t` counts until just before `t + per`. A ring that grows with use, to ``RateLimit/logMax``.
struct SlidingLog: Sendable, Hashable {
    /// Uptimes in nanoseconds, ascending from `head`.
    private var ring: [Int64] = []
    private var head: Int32 = 0
    private var used: Int32 = 0

    /// Places for passings, used or not.
    var capacity: Int { ring.count }

    mutating func take(_ count: Int, limit: RateLimit, now: Duration) -> RateLimit.Decision {
        let now = now.nanoseconds
        let per = limit.per.nanoseconds
        forget(until: now - per)
        let isAllowed = Int(used) + count <= limit.count
        if isAllowed {
            for _ in 0..<count { append(now, of: limit.count) }
        }
        return RateLimit.Decision(
            isAllowed: isAllowed, remaining: max(0, limit.count - Int(used)),
            retryAfter: isAllowed ? .zero : retryAfter(count, limit, now),
            fullAfter: used > 0 ? .nanoseconds(self[Int(used) - 1] + per - now) : .zero)
    }

    /// What one more would be answered now.
    mutating func look(limit: RateLimit, now: Duration) -> RateLimit.Decision {
        let now = now.nanoseconds
        forget(until: now - limit.per.nanoseconds)
        let isAllowed = Int(used) < limit.count
        return RateLimit.Decision(
            isAllowed: isAllowed, remaining: max(0, limit.count - Int(used) - 1),
            retryAfter: isAllowed ? .zero : retryAfter(1, limit, now),
            fullAfter: isAllowed ? limit.per : .nanoseconds(self[Int(used) - 1] + limit.per.nanoseconds - now))
    }

    /// When so many of the oldest are forgotten that `count` fit.
    private func retryAfter(_ count: Int, _ limit: RateLimit, _ now: Int64) -> Duration? {
        guard count <= limit.count else { return nil }
        return .nanoseconds(self[Int(used) + count - limit.count - 1] + limit.per.nanoseconds - now)
    }

    private subscript(_ age: Int) -> Int64 { ring[(Int(head) + age) % ring.count] }

    private mutating func forget(until end: Int64) {
        while used > 0, self[0] <= end {
            head = (head + 1) % Int32(ring.count)
            used -= 1
        }
    }

    private mutating func append(_ now: Int64, of most: Int) {
        if Int(used) == ring.count {
            let places = min(max(8, 2 * ring.count), max(most, ring.count + 1))
            let old = (0..<Int(used)).map { self[$0] }
            ring = old + Array(repeating: 0, count: places - old.count)
            head = 0
        }
        ring[(Int(head) + Int(used)) % ring.count] = now
        used += 1
    }
}
