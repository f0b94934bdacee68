internal import FlotillaCore
internal import Synchronization

/// How values are spread over fixed buckets: durations in seconds, sizes in bytes.
///
/// A cheap handle on one series of a ``MetricsRegistry``; an observation is three atomic additions.
public struct Histogram: Sendable {
    /// The bounds of request durations, in seconds.
    public static let requestSeconds: [Double] = [0.1, 0.3, 0.5, 0.7, 1, 3, 5, 7, 10]
    /// The bounds of fast inner work (a query, a handler), in seconds.
    public static let workSeconds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    let cell: HistogramCell

    /// Takes one value into account; what is no number is left out.
    public func observe(_ value: Double) {
        if !value.isNaN { cell.observe(value) }
    }

    /// Takes a duration into account, in seconds.
    public func observe(_ duration: Duration) { observe(duration.inSeconds) }

    /// How many values were observed.
    public var count: Int { cell.read().counts.reduce(0, +) }

    /// The sum of the values observed.
    public var sum: Double { cell.read().sum }
}

final class HistogramCell: Sendable {
    private final class Count: Sendable {
        let value = Atomic<Int>(0)
    }

    /// Upper bounds, ascending, without the infinite one.
    let bounds: [Double]
    /// One more than there are bounds.
    private let counts: [Count]
    private let sum = AtomicDouble()

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = (0...bounds.count).map { _ in Count() }
    }

    func observe(_ value: Double) {
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        counts[index].value.wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    /// The count of each bucket by itself, and the sum; they may be a moment apart.
    func read() -> (counts: [Int], sum: Double) {
        (counts.map { $0.value.load(ordering: .relaxed) }, sum.value)
    }
}
