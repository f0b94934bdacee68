/// What was under way and what was done since the last time the limit was reconsidered.
///
/// How long calls take is read off by Little's law, as calls under way divided by calls done in a unit of time: that
/// is right at once when the limit moves, counts calls that hang and never end, and has no preference for
/// quick calls, all unlike a mean over those that happened to end.
struct LatencyWindow: Sendable {
    private(set) var startedAt: Duration
    private var changedAt: Duration
    /// Calls under way, times how long; seconds.
    private(set) var area = 0.0
    /// What the calls that ended would have taken without a queue, together; seconds.
    private(set) var work = 0.0
    /// Calls that ended.
    private(set) var samples = 0
    /// The most calls under way at once.
    var peak = 0
    /// Calls that were shed.
    var sheds = 0
    private var kindSamples: [Int32]
    private var kindSeconds: [Double]

    init(kinds: Int, at now: Duration) {
        startedAt = now
        changedAt = now
        kindSamples = Array(repeating: 0, count: kinds)
        kindSeconds = Array(repeating: 0, count: kinds)
    }

    /// How many times as long as without a queue calls take; nil when nothing can be said.
    var stretch: Double? { work > 0 ? area / work : nil }

    /// Takes note that so many were under way until now.
    mutating func pass(to now: Duration, inFlight: Int) {
        guard now > changedAt else { return }
        area += Double(inFlight) * (now - changedAt).inSeconds
        changedAt = now
    }

    /// Adds a call that ended, and what it was expected to take.
    mutating func add(expected: Double) {
        samples += 1
        work += expected
    }

    /// Takes the latency of an answered call down, for the baseline.
    mutating func note(_ kind: Int, seconds: Double) {
        kindSamples[kind] += 1
        kindSeconds[kind] += seconds
    }

    /// How many calls of a kind were answered, and how long they took on average.
    func answered(_ kind: Int) -> (count: Int, mean: Double) {
        let count = Int(kindSamples[kind])
        return (count, count > 0 ? kindSeconds[kind] / Double(count) : 0)
    }

    /// Begins anew, in the same memory.
    mutating func restart(at now: Duration, inFlight: Int) {
        (startedAt, changedAt) = (now, now)
        (samples, area, work, peak, sheds) = (0, 0, 0, inFlight, 0)
        for kind in kindSamples.indices {
            kindSamples[kind] = 0
            kindSeconds[kind] = 0
        }
    }
}
