internal import Synchronization

/// A number that only goes up: requests served, orders placed.
///
/// A cheap handle on one series of a ``MetricsRegistry``: get it once, keep it. Increments are atomic
/// and take no lock.
public struct Counter: Sendable {
    let cell: CounterCell

    /// Adds to it; zero or less adds nothing.
    public func increment(by amount: Int = 1) {
        if amount > 0 { cell.add(amount) }
    }

    /// Adds to it; what is not above zero, or no number, adds nothing.
    public func increment(by amount: Double) {
        if amount > 0, amount.isFinite { cell.add(amount) }
    }

    /// Its value now.
    public var value: Double { cell.value }
}

/// Whole amounts and fractions are kept apart, so that counting is one atomic addition.
final class CounterCell: Sendable {
    private let whole = Atomic<Int>(0)
    private let fraction = AtomicDouble()

    func add(_ amount: Int) { whole.wrappingAdd(amount, ordering: .relaxed) }

    func add(_ amount: Double) { fraction.add(amount) }

    /// For what the operating system counts, and for resets; increments at the same moment may be lost.
    func set(_ value: Double) {
        whole.store(0, ordering: .relaxed)
        fraction.set(value)
    }

    var value: Double { Double(whole.load(ordering: .relaxed)) + fraction.value }
}

/// A floating-point number changed without a lock; it lives in its bits.
final class AtomicDouble: Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }
}
