internal import FlotillaCore
internal import FlotillaHTTP
internal import Synchronization

/// What came of mirrored requests: counts, and the last pairs of answers that differ. Bounded; safe to share between
/// threads.
final class MirrorLog: Sendable {
    /// A request whose answers differ.
    struct Entry: Sendable {
        var at: Timestamp
        var route: String
        var method: String
        /// Without the query, which may be personal.
        var path: String
        var requestID: String
        var differences: [AnswerDifference]
    }

    /// How mirrored requests ended so far.
    struct Counts: Sendable, Hashable {
        var same = 0
        var different = 0
        /// No answer came from the other upstream.
        var failed = 0
        /// Not sent, or not compared: too long, or no room.
        var skipped = 0
    }

    private struct State: Sendable {
        var counts = Counts()
        var ring: [Entry] = []
        var next = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: entries kept, 1 to 10,000.
    init(capacity: Int = 200) {
        precondition((1...10_000).contains(capacity), "a log of \(capacity) entries; allowed are 1 to 10,000")
        self.capacity = capacity
    }

    /// Counts a pair of answers; it is kept when they differ.
    func note(_ entry: Entry) {
        state.withLock { state in
            guard !entry.differences.isEmpty else {
                state.counts.same += 1
                return
            }
            state.counts.different += 1
            if state.ring.count < capacity {
                state.ring.append(entry)
            } else {
                state.ring[state.next] = entry
                state.next = (state.next + 1) % capacity
            }
        }
    }

    func noteFailed() { state.withLock { $0.counts.failed += 1 } }
    func noteSkipped() { state.withLock { $0.counts.skipped += 1 } }

    var counts: Counts { state.withLock { $0.counts } }

    /// The newest first.
    ///
    /// - Parameter route: of that route only; nil: of all.
    func entries(route: String? = nil) -> [Entry] {
        let (ring, next) = state.withLock { ($0.ring, $0.next) }
        let ordered = ring[next...] + ring[..<next]
        return ordered.reversed().filter { route == nil || $0.route == route }
    }
}

extension MirrorLog: JSONWritable {
    /// For the operations' API.
    func write(to json: inout JSONWriter) {
        let counts = counts
        json.object { json in
            json.field("same", counts.same)
            json.field("different", counts.different)
            json.field("failed", counts.failed)
            json.field("skipped", counts.skipped)
            json.array("last", entries()) { json, entry in
                json.field("at", entry.at)
                json.field("route", entry.route)
                json.field("method", entry.method)
                json.field("path", entry.path)
                json.field("requestId", entry.requestID)
                json.array("differences", entry.differences) { json, difference in
                    json.field("place", difference.place)
                    json.field("live", difference.live)
                    json.field("mirror", difference.mirror)
                }
            }
        }
    }
}
