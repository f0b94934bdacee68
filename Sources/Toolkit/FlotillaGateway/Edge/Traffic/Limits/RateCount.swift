internal import FlotillaResilience
internal import Synchronization

/// The limiters of one rule, by whom they are for, in bounded memory. Safe to share between threads.
///
/// Two generations: when the young one is full it becomes the old one, and what stood in the old one is forgotten. A
/// limiter in use is moved to the young one, so only those at rest start anew.
final class RateCount: Sendable {
    private struct Generations: Sendable {
        var young: [UInt64: RateLimiter] = [:]
        var old: [UInt64: RateLimiter] = [:]
    }

    private final class Shard: Sendable {
        let state = Mutex(Generations())
    }

    /// Limiters held at most.
    let keysMax: Int
    private let shards: [Shard]
    private let half: Int

    /// - Parameter shards: a power of two; keys are spread over so many locks.
    init(keysMax: Int, shards: Int) {
        precondition(shards > 0 && shards & (shards - 1) == 0, "\(shards) shards are no power of two")
        self.keysMax = keysMax
        self.shards = (0..<shards).map { _ in Shard() }
        half = max(1, keysMax / shards / 2)
    }

    /// Takes one of what the limiter of `key` (evenly spread over 64 bits) has.
    func take(_ key: UInt64, _ limit: RateLimit, _ now: Duration) -> RateLimit.Decision {
        let half = half
        return shards[Int(truncatingIfNeeded: key) & (shards.count - 1)].state.withLock { state in
            if let place = state.young.index(forKey: key) {
                return state.young.values[place].take(limit: limit, now: now)
            }
            var limiter = state.old.removeValue(forKey: key) ?? RateLimiter()
            let decision = limiter.take(limit: limit, now: now)
            if state.young.count >= half { state = Generations(young: [:], old: state.young) }
            state.young[key] = limiter
            return decision
        }
    }

    /// Limiters held now.
    var held: Int { shards.reduce(0) { sum, shard in sum + shard.state.withLock { $0.young.count + $0.old.count } } }
}
