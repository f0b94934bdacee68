public import Metrics

/// The swift-metrics back end: what libraries measure ends up in a ``MetricsRegistry``.
///
/// Timers become histograms in seconds, recorders histograms of their unit, or gauges when they do not aggregate.
/// Destroying a metric keeps its series, since others may share it; the registry is bounded anyway.
public struct RegistryMetricsFactory: MetricsFactory {
    public let registry: MetricsRegistry

    public init(registry: MetricsRegistry) { self.registry = registry }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        CounterBackEnd(counter: registry.counter(label, help(label), labels: dimensions))
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        CounterBackEnd(counter: registry.counter(label, help(label), labels: dimensions))
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        GaugeBackEnd(gauge: registry.gauge(label, help(label), labels: dimensions))
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return GaugeBackEnd(gauge: registry.gauge(label, help(label), labels: dimensions)) }
        return HistogramBackEnd(
            histogram: registry.histogram(
                label, help(label), labels: dimensions, buckets: HistogramBackEnd.recorderBuckets))
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        HistogramBackEnd(
            histogram: registry.histogram(label, help(label), labels: dimensions, buckets: Histogram.workSeconds))
    }

    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func help(_ label: String) -> String { "\(label), as measured by a library." }
}

private final class CounterBackEnd: CounterHandler, FloatingPointCounterHandler {
    let counter: Counter
    init(counter: Counter) { self.counter = counter }

    func increment(by amount: Int64) { counter.increment(by: Int(amount)) }
    func increment(by amount: Double) { counter.increment(by: amount) }
    func reset() { counter.cell.set(0) }
}

private final class GaugeBackEnd: MeterHandler, RecorderHandler {
    let gauge: Gauge
    init(gauge: Gauge) { self.gauge = gauge }

    func set(_ value: Int64) { gauge.set(Double(value)) }
    func set(_ value: Double) { gauge.set(value) }
    func increment(by amount: Double) { gauge.increment(by: amount) }
    func decrement(by amount: Double) { gauge.decrement(by: amount) }
    func record(_ value: Int64) { gauge.set(Double(value)) }
    func record(_ value: Double) { gauge.set(value) }
}

private final class HistogramBackEnd: RecorderHandler, TimerHandler {
    /// Sizes and counts of unknown unit: powers of four.
    static let recorderBuckets: [Double] = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576]

    let histogram: Histogram
    init(histogram: Histogram) { self.histogram = histogram }

    func record(_ value: Int64) { histogram.observe(Double(value)) }
    func record(_ value: Double) { histogram.observe(value) }
    func recordNanoseconds(_ duration: Int64) { histogram.observe(Double(duration) / 1e9) }
}
