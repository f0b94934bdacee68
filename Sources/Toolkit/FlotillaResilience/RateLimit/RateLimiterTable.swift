public import FlotillaCore
internal import Synchronization

/// A rate limiter for each user, address or key, in bounded memory.
///
/// Two generations: when the young one is full it becomes the old one, and what stood in the old one
/// is forgotten. A key in use is moved to the young one, so only keys that rested while `keysMax / 2`
/// others came by start anew. Safe to share between tasks; nothing is allocated for a key that is known,
/// but by a sliding log that grows.
public final class RateLimiterTable<Key: Hashable & Sendable>: Sendable {
    private struct Generations: Sendable {
        var young: [Key: RateLimiter] = [:]
        var old: [Key: RateLimiter] = [:]
        /// Places of sliding logs in the young generation.
        var passings = 0

        mutating func age() {
            old = young
            (young, passings) = ([:], 0)
        }
    }

    private let time: any TimeSource
    private let half: Int
    private let passingsHalf: Int
    private let state = Mutex(Generations())

    /// - Parameters:
    ///   - keysMax: limiters kept at most, 2 to 10,000,000; 24 bytes each and what the key takes.
    ///   - passingsMax: what the sliding logs of all keys remember together, 8 bytes each; above it keys that
    ///     rested longest start anew. 2 × ``RateLimit/logMax`` to 100,000,000.
    public init(keysMax: Int, passingsMax: Int = 1_000_000, time: any TimeSource) {
        precondition((2...10_000_000).contains(keysMax), "keysMax is \(keysMax); allowed are 2 to 10,000,000")
        let passings = 2 * RateLimit.logMax...100_000_000
        precondition(
            passings.contains(passingsMax),
            "passingsMax is \(passingsMax); allowed are \(passings.lowerBound) to \(passings.upperBound)")
        self.time = time
        half = keysMax / 2
        passingsHalf = passingsMax / 2
    }

    /// Lets `count` pass by the limiter of `key`, which starts as if nothing had ever passed.
    ///
    /// - Parameter limit: must be without ``RateLimit/problems()``.
    public func take(_ count: Int = 1, key: Key, limit: RateLimit) -> RateLimit.Decision {
        let now = time.uptime
        return state.withLock { state in
            if let place = state.young.index(forKey: key) {
                let before = state.young.values[place].passings
                let decision = state.young.values[place].take(count, limit: limit, now: now)
                let grown = state.young.values[place].passings - before
                state.passings += grown
                if grown > 0, state.passings >= passingsHalf { state.age() }
                return decision
            }
            var limiter = state.old.removeValue(forKey: key) ?? RateLimiter()
            let decision = limiter.take(count, limit: limit, now: now)
            if state.young.count >= half || state.passings >= passingsHalf { state.age() }
            state.young[key] = limiter
            state.passings += limiter.passings
            return decision
        }
    }

    /// Limiters held now; never above `keysMax`.
    public var count: Int { state.withLock { $0.young.count + $0.old.count } }

    /// What sliding logs have room for now; above `passingsMax` by the logs of two keys at most.
    public var passings: Int {
        state.withLock { state in
            (Array(state.young.values) + Array(state.old.values)).reduce(0) { $0 + $1.passings }
        }
    }
}
