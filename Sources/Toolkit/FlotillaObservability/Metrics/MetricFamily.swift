/// All series of one metric at one moment, for exposition, export, history and alerts.
public struct MetricFamily: Sendable, Hashable {
    /// What the numbers mean.
    public enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
        case summary
    }

    /// One series: its labels, sorted by name, and its value.
    public struct Series: Sendable, Hashable {
        public var labels: [MetricLabel]
        public var value: Value

        public init(labels: [MetricLabel], value: Value) {
            self.labels = labels
            self.value = value
        }

        /// The value of one label.
        public subscript(label: String) -> String? { labels.first { $0.name == label }?.value }
    }

    /// What one series stands at.
    public enum Value: Sendable, Hashable {
        case number(Double)
        /// Cumulative counts up to each bound, the last at infinity.
        case histogram(buckets: [Bucket], sum: Double)
        case summary(quantiles: [Bucket], count: Int, sum: Double)
    }

    /// The count up to `bound`, or the value at the quantile `bound`.
    public struct Bucket: Sendable, Hashable {
        /// An upper bound in the metric's unit, or a quantile from 0 to 1.
        public var bound: Double
        /// How many values, or the value itself.
        public var value: Double

        public init(bound: Double, value: Double) {
            self.bound = bound
            self.value = value
        }
    }

    public var name: String
    public var help: String
    public var kind: Kind
    /// Sorted by labels.
    public var series: [Series]

    public init(name: String, help: String, kind: Kind, series: [Series]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.series = series
    }

    /// The families of several registries as one list, sorted by name, series of the same metric together.
    ///
    /// Of two metrics of one name but different kinds the first is kept: one name cannot be exposed as both.
    public static func merged(_ lists: [[MetricFamily]]) -> [MetricFamily] {
        var byName: [String: MetricFamily] = [:]
        for family in lists.joined() {
            guard var known = byName[family.name] else {
                byName[family.name] = family
                continue
            }
            guard known.kind == family.kind else { continue }
            known.series += family.series
            byName[family.name] = known
        }
        return byName.values.sorted { $0.name < $1.name }.map { family in
            var family = family
            family.series.sort { $0.labels.lexicographicallyPrecedes($1.labels) }
            return family
        }
    }
}

/// One label of a series.
public struct MetricLabel: Sendable, Hashable, Comparable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    public static func < (left: MetricLabel, right: MetricLabel) -> Bool {
        (left.name, left.value) < (right.name, right.value)
    }
}
