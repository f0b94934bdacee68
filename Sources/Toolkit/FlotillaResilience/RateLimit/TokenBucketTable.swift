public import FlotillaCore
internal import Synchronization

/// A token bucket for each user, address or key, in bounded memory.
///
/// Two generations: when the young one is full it becomes the old one, and what stood in the old one
/// is forgotten. A key in use is moved to the young one, so only keys that rested while `keysMax / 2`
/// others came by start with a full bucket again. Safe to share between tasks.
public final class TokenBucketTable<Key: Hashable & Sendable>: Sendable {
    private struct Generations: Sendable {
        var young: [Key: TokenBucket] = [:]
        var old: [Key: TokenBucket] = [:]
    }

    private let time: any TimeSource
    private let half: Int
    private let state = Mutex(Generations())

    /// - Parameter keysMax: buckets kept at most, 2 to 10,000,000.
    public init(keysMax: Int, time: any TimeSource) {
        precondition((2...10_000_000).contains(keysMax), "keysMax is \(keysMax); allowed are 2 to 10,000,000")
        self.time = time
        self.half = keysMax / 2
    }

    /// Takes `count` tokens from the bucket of `key`, which starts full.
    public func take(_ count: Int = 1, key: Key, limit: TokenBucket.Limit) -> TokenBucket.Decision {
        let now = time.uptime
        return state.withLock { state in
            if let decision = state.young[key]?.take(count, limit: limit, now: now) { return decision }
            var bucket = state.old.removeValue(forKey: key) ?? TokenBucket()
            let decision = bucket.take(count, limit: limit, now: now)
            if state.young.count >= half {
                state.old = state.young
                state.young = [:]
            }
            state.young[key] = bucket
            return decision
        }
    }

    /// Buckets held now; never above `keysMax`.
    public var count: Int { state.withLock { $0.young.count + $0.old.count } }
}
