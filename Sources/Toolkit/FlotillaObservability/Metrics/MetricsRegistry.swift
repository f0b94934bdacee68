internal import Synchronization

/// All metrics of a service or a process.
///
/// Asking for a metric gives a handle on its series, made at the first time; handles are meant to be
/// kept, since asking takes a lock and a look-up. Bounded: a metric has at most ``seriesMax`` series,
/// what comes after shares one with the label `overflow="true"`, so that an ID put into a label by
/// mistake costs one series and not the memory.
public final class MetricsRegistry: Sendable {
    enum Cell: Sendable {
        case counter(CounterCell)
        case gauge(AtomicDouble)
        case histogram(HistogramCell)
        case summary(SummaryCell)
    }

    struct Family: Sendable {
        var help: String
        var kind: MetricFamily.Kind
        var bounds: [Double]
        var series: [[MetricLabel]: Cell] = [:]
    }

    private struct State {
        var families: [String: Family] = [:]
        /// Asked for under a name that is taken by another kind, or beyond ``familiesMax``.
        var rejectedCount = 0
    }

    /// At most so many different metrics; handles beyond count into nothing that is exposed.
    public static let familiesMax = 2_000

    /// How many series one metric may have, the shared one for what is beyond not counted.
    public let seriesMax: Int
    /// Labels every series gets in the exposition, for instance the service.
    public let constantLabels: [MetricLabel]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - constantLabels: added to every series; a series' own label of that name wins.
    ///   - seriesMax: the bound on series of one metric, 1 to 100,000.
    public init(constantLabels: [(String, String)] = [], seriesMax: Int = 1_000) {
        self.constantLabels = MetricNames.labels(constantLabels, reserved: [])
        self.seriesMax = min(max(1, seriesMax), 100_000)
    }

    /// A counter. By convention the name ends in `_total`: `http_requests_total`.
    ///
    /// - Parameters:
    ///   - name: letters, digits, `_` and `:`; anything else becomes `_`.
    ///   - help: what is counted, for people.
    ///   - labels: with few different values each; order does not matter.
    public func counter(_ name: String, _ help: String, labels: [(String, String)] = []) -> Counter {
        guard case .counter(let cell) = cell(name, help, .counter, labels) else { return Counter(cell: CounterCell()) }
        return Counter(cell: cell)
    }

    /// A gauge; parameters as for ``counter(_:_:labels:)``.
    public func gauge(_ name: String, _ help: String, labels: [(String, String)] = []) -> Gauge {
        guard case .gauge(let cell) = cell(name, help, .gauge, labels) else { return Gauge(cell: AtomicDouble()) }
        return Gauge(cell: cell)
    }

    /// A histogram; durations are in seconds and their name ends in `_seconds`.
    ///
    /// - Parameter buckets: upper bounds, without the infinite one, at most 64. The first caller decides for all
    ///   series.
    public func histogram(
        _ name: String, _ help: String, labels: [(String, String)] = [], buckets: [Double] = Histogram.requestSeconds
    ) -> Histogram {
        let bounds = Array(Set(buckets.filter(\.isFinite)).sorted().prefix(64))
        guard case .histogram(let cell) = cell(name, help, .histogram, labels, bounds: bounds) else {
            return Histogram(cell: HistogramCell(bounds: bounds))
        }
        return Histogram(cell: cell)
    }

    /// A summary; parameters as for ``counter(_:_:labels:)``.
    public func summary(_ name: String, _ help: String, labels: [(String, String)] = []) -> Summary {
        guard case .summary(let cell) = cell(name, help, .summary, labels) else { return Summary(cell: SummaryCell()) }
        return Summary(cell: cell)
    }

    /// How often a metric was asked for that could not be given; above zero is a defect in the code that asks.
    public var rejectedCount: Int { state.withLock { $0.rejectedCount } }

    func familiesNow() -> [String: Family] { state.withLock { $0.families } }

    private func cell(
        _ name: String, _ help: String, _ kind: MetricFamily.Kind, _ labels: [(String, String)], bounds: [Double] = []
    ) -> Cell? {
        let name = MetricNames.metric(name)
        let labels = MetricNames.labels(labels, reserved: kind.reservedLabels)
        return state.withLock { state in
            if state.families[name] == nil, state.families.count < Self.familiesMax {
                state.families[name] = Family(help: help, kind: kind, bounds: bounds)
            }
            guard let family = state.families[name], family.kind == kind else {
                state.rejectedCount += 1
                return nil
            }
            if let known = family.series[labels] { return known }
            // The overflow series is one more than the bound.
            let key = family.series.count < seriesMax ? labels : [MetricLabel("overflow", "true")]
            if let known = family.series[key] { return known }
            let cell = Cell(kind, bounds: family.bounds)
            state.families[name]?.series[key] = cell
            return cell
        }
    }
}

extension MetricsRegistry.Cell {
    fileprivate init(_ kind: MetricFamily.Kind, bounds: [Double]) {
        self =
            switch kind {
            case .counter: .counter(CounterCell())
            case .gauge: .gauge(AtomicDouble())
            case .histogram: .histogram(HistogramCell(bounds: bounds))
            case .summary: .summary(SummaryCell())
            }
    }
}

extension MetricFamily.Kind {
    /// Labels the exposition itself uses.
    fileprivate var reservedLabels: [String] {
        switch self {
        case .counter, .gauge: []
        case .histogram: ["le"]
        case .summary: ["quantile"]
        }
    }
}
