internal import FlotillaCore

/// How long the recent attempts took, as counts in 96 classes: a fixed size, a quantile to within a quarter.
///
/// Four classes to each doubling, from 64 µs to over a quarter of an hour. When a thousand attempts are counted all
/// counts are halved, so that what is long ago weighs less and less.
struct LatencySketch: Sendable {
    /// Fewer attempts than these say nothing.
    static let samplesMin = 20
    private static let samplesMax = 1000
    private static let classes = 96
    private static let firstMicroseconds: UInt64 = 64

    private var counts: [UInt16] = Array(repeating: 0, count: classes)
    private(set) var samples = 0

    mutating func add(_ took: Duration) {
        counts[Self.place(of: took)] += 1
        samples += 1
        guard samples >= Self.samplesMax else { return }
        samples = 0
        for index in counts.indices {
            counts[index] /= 2
            samples += Int(counts[index])
        }
    }

    /// What this share of the attempts took at most, rounded up to its class; nil while too few are known.
    func quantile(_ share: Double) -> Duration? {
        guard samples >= Self.samplesMin else { return nil }
        let wanted = Int((Double(samples) * share).rounded(.up))
        var seen = 0
        for index in counts.indices {
            seen += Int(counts[index])
            if seen >= wanted { return Self.end(of: index) }
        }
        return Self.end(of: Self.classes - 1)
    }

    /// The class of a time: which doubling, and which quarter of it.
    static func place(of took: Duration) -> Int {
        let time = UInt64(max(0, took.microseconds))
        guard time >= firstMicroseconds else { return 0 }
        let doubling = 63 - time.leadingZeroBitCount
        let quarter = Int((time >> UInt64(doubling - 2)) & 3)
        return min(classes - 1, 1 + (doubling - 6) * 4 + quarter)
    }

    /// Where a class ends.
    static func end(of place: Int) -> Duration {
        guard place > 0 else { return .microseconds(firstMicroseconds) }
        let (doubling, quarter) = (place - 1).quotientAndRemainder(dividingBy: 4)
        return .microseconds((firstMicroseconds / 4 * UInt64(quarter + 5)) << UInt64(doubling))
    }
}
