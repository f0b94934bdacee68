/// What a cache has done so far, and what is in it.
struct CacheCounts: Sendable, Hashable {
    /// Answered by what was fresh.
    var hits = 0
    /// Answered by what was stale: while a new one was fetched, in place of an error, or by the client's wish.
    var stale = 0
    /// Not answered by what was kept.
    var misses = 0
    /// Of the hits, those that had waited for somebody else's miss.
    var coalesced = 0
    /// Kept answers that their maker said still hold.
    var revalidated = 0
    /// Answers put in.
    var stored = 0
    /// Answers taken out for want of room.
    var evicted = 0
    /// Answers taken out because what they are about was changed.
    var invalidated = 0
    /// Of all that is kept, now.
    var bytes = 0
    var answers = 0
    /// Requests that wait for the answer to another, now.
    var waiting = 0

    /// These and others.
    static func + (left: CacheCounts, right: CacheCounts) -> CacheCounts {
        var sum = left
        for path in parts { sum[keyPath: path] += right[keyPath: path] }
        return sum
    }

    private static var parts: [WritableKeyPath<CacheCounts, Int>] {
        [
            \.hits, \.stale, \.misses, \.coalesced, \.revalidated, \.stored, \.evicted, \.invalidated, \.bytes,
            \.answers, \.waiting,
        ]
    }
}
