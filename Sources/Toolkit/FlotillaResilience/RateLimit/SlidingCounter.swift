/// Two counts instead of a log: the present window's, and as much of the one before as is not over yet.
///
/// It takes what passed in the earlier window for evenly spread; on an even stream it lets at most one too
/// few through in each window. Where everything passed at the very end of it, up to `count * (1 + e)` pass in
/// a stretch as long as `per`, `e` being how far the present window has come: less than twice `count`. Where
/// everything passed at its beginning, it refuses some that an exact log would let through. Never more than
/// `count` in one of its own windows.
struct SlidingCounter: Sendable, Hashable {
    /// Uptime in nanoseconds at which the present window began.
    private var startedAt: Int64 = 0
    private var current: Int32 = 0
    private var previous: Int32 = 0

    mutating func take(_ count: Int, limit: RateLimit, now: Duration) -> RateLimit.Decision {
        let now = now.nanoseconds
        let per = limit.per.nanoseconds
        turn(to: now, per)
        let elapsed = now - startedAt
        let free = limit.count - Int(current) - leftOver(per - elapsed, of: per)
        let isAllowed = count <= free
        if isAllowed { current += Int32(count) }
        let fullAfter = current > 0 ? 2 * per - elapsed : previous > 0 ? per - elapsed : 0
        return RateLimit.Decision(
            isAllowed: isAllowed, remaining: max(0, isAllowed ? free - count : free),
            retryAfter: isAllowed ? .zero : retryAfter(count, limit.count, elapsed, per),
            fullAfter: .nanoseconds(fullAfter))
    }

    private mutating func turn(to now: Int64, _ per: Int64) {
        let elapsed = now - startedAt
        if elapsed >= 2 * per {
            (current, previous) = (0, 0)
        } else if elapsed >= per {
            (startedAt, current, previous) = (startedAt + per, 0, current)
        }
        if current == 0, previous == 0 { startedAt = now }
    }

    /// How many of the window before still count when `left` of it lies in the last `per`; rounded up.
    private func leftOver(_ left: Int64, of per: Int64) -> Int {
        // 128 bits: a million times a day in nanoseconds is more than 64 hold.
        Int((Int128(previous) * Int128(left) + Int128(per) - 1) / Int128(per))
    }

    private func retryAfter(_ count: Int, _ most: Int, _ elapsed: Int64, _ per: Int64) -> Duration? {
        guard count <= most else { return nil }
        /// How far a window must have come for at most `room` of those before it to count still.
        func moment(_ room: Int, of before: Int32) -> Int64 {
            before <= room ? 0 : per - Int64(Int128(room) * Int128(per) / Int128(before))
        }
        let room = most - Int(current) - count
        if room >= 0, previous > 0 {
            let moment = moment(room, of: previous)
            if moment < per { return .nanoseconds(max(0, moment - elapsed)) }
        }
        return .nanoseconds(per - elapsed + moment(most - count, of: current))
    }
}
