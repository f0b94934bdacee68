extension MetricsRegistry {
    /// All metrics at this moment, sorted by name, the constant labels included.
    public func snapshot() -> [MetricFamily] {
        let families = familiesNow().sorted { $0.key < $1.key }
        return families.map { name, family in
            let series = family.series.map { labels, cell in
                MetricFamily.Series(labels: withConstants(labels), value: cell.value)
            }
            return MetricFamily(
                name: name, help: family.help, kind: family.kind,
                series: series.sorted { $0.labels.lexicographicallyPrecedes($1.labels) })
        }
    }

    /// The text form scrapers read (Prometheus exposition format 0.0.4), sorted, so that equal states give equal texts.
    ///
    /// Its media type is ``PrometheusText/contentType``.
    public func prometheusText() -> String { PrometheusText.render(snapshot()) }

    private func withConstants(_ labels: [MetricLabel]) -> [MetricLabel] {
        guard !constantLabels.isEmpty else { return labels }
        return (labels + constantLabels.filter { constant in !labels.contains { $0.name == constant.name } }).sorted()
    }
}

extension MetricsRegistry.Cell {
    fileprivate var value: MetricFamily.Value {
        switch self {
        case .counter(let cell): return .number(cell.value)
        case .gauge(let cell): return .number(cell.value)
        case .histogram(let cell):
            let (counts, sum) = cell.read()
            var total = 0
            let buckets = zip(cell.bounds + [.infinity], counts).map { bound, count in
                total += count
                return MetricFamily.Bucket(bound: bound, value: Double(total))
            }
            return .histogram(buckets: buckets, sum: sum)
        case .summary(let cell):
            let (quantiles, count, sum) = cell.read()
            return .summary(
                quantiles: quantiles.map { MetricFamily.Bucket(bound: $0.0, value: $0.1) }, count: count, sum: sum)
        }
    }
}
