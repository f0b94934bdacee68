/// A number that goes up and down: open connections, queue length.
///
/// A cheap handle on one series of a ``MetricsRegistry``; changes are atomic and take no lock.
public struct Gauge: Sendable {
    let cell: AtomicDouble

    /// Makes it this.
    public func set(_ value: Double) { cell.set(value) }

    /// Makes it this.
    public func set(_ value: Int) { cell.set(Double(value)) }

    /// Adds to it; a negative amount takes away.
    public func increment(by amount: Double = 1) { cell.add(amount) }

    /// Takes away from it.
    public func decrement(by amount: Double = 1) { cell.add(-amount) }

    /// Its value now.
    public var value: Double { cell.value }
}
