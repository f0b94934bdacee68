/// So many in each window. A window begins with the first that passes, so that windows of different keys
/// do not all end at the same moment.
struct FixedWindow: Sendable, Hashable {
    /// Uptime in nanoseconds; says nothing while ``used`` is zero.
    private var startedAt: Int64 = 0
    private var used: Int32 = 0

    mutating func take(_ count: Int, limit: RateLimit, now: Duration) -> RateLimit.Decision {
        let now = now.nanoseconds
        let per = limit.per.nanoseconds
        if now - startedAt >= per { used = 0 }
        if used == 0 { startedAt = now }
        let isAllowed = Int(used) + count <= limit.count
        if isAllowed { used += Int32(count) }
        let left = Duration.nanoseconds(startedAt + per - now)
        return RateLimit.Decision(
            isAllowed: isAllowed, remaining: max(0, limit.count - Int(used)),
            retryAfter: isAllowed ? .zero : count > limit.count ? nil : left, fullAfter: used > 0 ? left : .zero)
    }
}
