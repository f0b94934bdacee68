internal import FlotillaCore
internal import Synchronization

/// A shared HTTP cache (RFC 9111): the answers kept for all routes of a gateway.
///
/// In memory, bounded by ``CacheStorePlan/bytesMax``; of each shard the answer that was used longest ago goes first.
/// Nothing here waits; safe to share between tasks and threads. Each route looks at it through a ``RouteCache``.
final class AnswerCache: Sendable {
    /// The parts that are locked one by one.
    private final class Box: Sendable {
        let state: Mutex<State>
        init(bytesMax: Int) { state = Mutex(State(shard: CacheShard(bytesMax: bytesMax))) }
    }

    struct State {
        var shard: CacheShard
        var flights = CacheFlights()
        var changes = RecentChanges()
    }

    private static let shardsMax = 16

    let plan: CacheStorePlan
    private let boxes: [Box]
    /// Bytes of streams that are collected at the moment, bounded like what is kept.
    private let collecting = Atomic(0)

    init(_ plan: CacheStorePlan = CacheStorePlan()) {
        self.plan = plan
        // A shard has to have room for several of the largest answers, or they would drive out each other.
        var shards = 1
        while shards < Self.shardsMax, plan.bytesMax / (shards * 2) >= plan.answerBytesMax * 4 { shards *= 2 }
        boxes = (0..<shards).map { _ in Box(bytesMax: plan.bytesMax / shards) }
    }

    /// What it has done and what is in it, summed over its parts.
    var counts: CacheCounts {
        boxes.reduce(CacheCounts()) { sum, box in
            sum + box.state.withLock { state in
                var counts = state.shard.counts
                counts.waiting = state.flights.waiting
                return counts
            }
        }
    }

    /// Runs `body` on the part that the key belongs to. It must be quick.
    func withState<T: Sendable>(of key: CacheKey, _ body: (inout State) -> T) -> T {
        // The low bits choose the bucket of hints.
        let place = Int(truncatingIfNeeded: key.place >> 48) & (boxes.count - 1)
        return boxes[place].state.withLock { body(&$0) }
    }

    /// Forgets all that is known of these keys, because what they are about has changed (RFC 9111, section 4.4).
    func invalidate(_ keys: [CacheKey]) {
        for key in keys {
            withState(of: key) { state in
                state.changes.note(key)
                state.shard.counts.invalidated += state.shard.removeAll(key)
            }
        }
    }

    /// How many changes there have been in the part of that key, for ``keep(_:_:since:_:)``.
    func changes(_ key: CacheKey) -> Int { withState(of: key) { $0.changes.total } }

    /// Keeps an answer, unless it is too large or was asked for before a change that it may not show.
    ///
    /// - Parameters:
    ///   - changes: how many there had been when it was asked for.
    ///   - value: what the request says in the field of that name.
    func keep(_ key: CacheKey, _ answer: StoredAnswer, since changes: Int, _ value: (String) -> String?) -> Bool {
        guard answer.body.count <= plan.answerBytesMax else { return false }
        return withState(of: key) { state in
            guard !state.changes.mayHaveChanged(key, since: changes) else { return false }
            return state.shard.put(key, answer, value)
        }
    }

    // MARK: Streams on their way into the cache

    /// Takes room to collect a stream in.
    ///
    /// - Returns: false when too much is being collected.
    func reserve(_ bytes: Int) -> Bool {
        let sum = collecting.add(bytes, ordering: .relaxed).newValue
        if sum <= plan.bytesMax { return true }
        release(bytes)
        return false
    }

    /// Gives that room back.
    func release(_ bytes: Int) { collecting.subtract(bytes, ordering: .relaxed) }
}
