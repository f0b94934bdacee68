public import FlotillaCore
internal import Synchronization

/// Slows down guessing: after some failures in a row every further attempt has to wait, longer each time.
///
/// An attempt counts as failed from its beginning until it is said to have succeeded, so that many guesses at once
/// get no further than many in a row. The table is bounded and kept in memory: it starts empty with the process.
/// Replicas that share one count together.
public final class AttemptThrottle: Sendable {
    /// What failures are counted by, such as an account or an address, and how many are free.
    public struct Key: Sendable, Hashable {
        public var text: String
        /// Failures in a row before the first wait.
        public var freeFailures: Int
        /// Whether a success forgets earlier failures. For an address it must not: one's own account would buy
        /// guesses at the accounts of others.
        public var isClearedBySuccess: Bool

        public init(_ text: String, freeFailures: Int, isClearedBySuccess: Bool) {
            precondition(freeFailures > 0, "at least one failure is free")
            self.text = text
            self.freeFailures = freeFailures
            self.isClearedBySuccess = isClearedBySuccess
        }
    }

    /// How long to wait, and how much to remember.
    public struct Limits: Sendable {
        /// The first wait; each further failure doubles it.
        public var firstDelay: Duration = .seconds(5)
        public var delayMax: Duration = .seconds(900)
        /// Failures older than this are forgotten.
        public var memory: Duration = .seconds(3600)
        /// Keys remembered; the one not used for longest goes first.
        public var keysMax = 20_000

        public init() {}
    }

    /// An attempt under way. Tell the throttle how it ended; one that is just dropped counts as failed.
    public struct Attempt: Sendable {
        fileprivate var keys: [Key]
    }

    private struct Entry {
        var failures = 0
        var lastAttempt: Duration
        var waitUntil: Duration = .zero
    }

    private let time: any TimeSource
    private let limits: Limits
    private let entries: Mutex<LRUCache<String, Entry>>

    public init(time: any TimeSource, limits: Limits = Limits()) {
        self.time = time
        self.limits = limits
        entries = Mutex(LRUCache(countMax: limits.keysMax))
    }

    /// Starts an attempt that is counted by each of `keys`.
    ///
    /// - Throws: ``ServiceError`` `too-many-attempts` (429) with the time to wait, when one of the keys must wait;
    ///   the attempt is then not counted.
    public func begin(_ keys: [Key]) throws(ServiceError) -> Attempt {
        let wait = entries.withLock { entries -> Duration in
            let now = time.uptime
            let found = keys.map { entry(for: $0, in: &entries, now: now) }
            let wait = found.map { $0.waitUntil - now }.max() ?? .zero
            guard wait <= .zero else { return wait }
            for (key, var entry) in zip(keys, found) {
                entry.failures += 1
                entry.lastAttempt = now
                if entry.failures >= key.freeFailures {
                    entry.waitUntil = now + delay(after: entry.failures - key.freeFailures)
                }
                entries.insert(entry, for: key.text)
            }
            return .zero
        }
        guard wait <= .zero else {
            throw ServiceError(
                .limited, "too-many-attempts",
                "There were too many failed attempts; wait as long as Retry-After says before the next one.",
                retryAfter: wait)
        }
        return Attempt(keys: keys)
    }

    /// The attempt was a success.
    public func succeeded(_ attempt: Attempt) {
        entries.withLock { entries in
            for key in attempt.keys {
                if key.isClearedBySuccess { entries.remove(key.text) } else { takeBack(key, in: &entries) }
            }
        }
    }

    /// The attempt came to nothing for another reason, and tells nothing about a guess.
    public func withdrawn(_ attempt: Attempt) {
        entries.withLock { entries in
            for key in attempt.keys { takeBack(key, in: &entries) }
        }
    }

    private func entry(for key: Key, in entries: inout LRUCache<String, Entry>, now: Duration) -> Entry {
        guard let entry = entries.value(for: key.text), now - entry.lastAttempt < limits.memory else {
            return Entry(lastAttempt: now)
        }
        return entry
    }

    private func takeBack(_ key: Key, in entries: inout LRUCache<String, Entry>) {
        guard var entry = entries.value(for: key.text) else { return }
        entry.failures -= 1
        if entry.failures < key.freeFailures { entry.waitUntil = .zero }
        if entry.failures > 0 { entries.insert(entry, for: key.text) } else { entries.remove(key.text) }
    }

    private func delay(after excess: Int) -> Duration {
        // 2¹⁶ times the first delay is beyond any sensible maximum, and cannot overflow.
        min(limits.delayMax, limits.firstDelay * (1 << min(excess, 16)))
    }
}
