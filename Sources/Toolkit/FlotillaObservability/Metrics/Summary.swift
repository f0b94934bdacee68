internal import FlotillaCore
internal import Synchronization

/// Quantiles of the latest 512 values, with the count and sum of all.
///
/// Quantiles of several processes cannot be combined; prefer a ``Histogram`` for what is alerted on.
/// An observation takes a short lock.
public struct Summary: Sendable {
    /// The quantiles that are told.
    public static let quantiles: [Double] = [0.5, 0.9, 0.95, 0.99]

    let cell: SummaryCell

    /// Takes one value into account; what is no number is left out.
    public func observe(_ value: Double) {
        if !value.isNaN { cell.observe(value) }
    }

    /// Takes a duration into account, in seconds.
    public func observe(_ duration: Duration) { observe(duration.inSeconds) }
}

final class SummaryCell: Sendable {
    static let window = 512

    private struct State {
        var latest: [Double] = []
        var next = 0
        var count = 0
        var sum = 0.0
    }

    private let state = Mutex(State())

    func observe(_ value: Double) {
        state.withLock { state in
            if state.latest.count < Self.window {
                state.latest.append(value)
            } else {
                state.latest[state.next] = value
            }
            state.next = (state.next + 1) % Self.window
            state.count += 1
            state.sum += value
        }
    }

    /// The value at each of ``Summary/quantiles`` (nearest rank); none while nothing was observed.
    func read() -> (quantiles: [(Double, Double)], count: Int, sum: Double) {
        let state = state.withLock { $0 }
        let sorted = state.latest.sorted()
        guard !sorted.isEmpty else { return ([], 0, 0) }
        let quantiles = Summary.quantiles.map { quantile in
            let rank = Int((quantile * Double(sorted.count)).rounded(.up))
            return (quantile, sorted[min(max(rank, 1), sorted.count) - 1])
        }
        return (quantiles, state.count, state.sum)
    }
}
