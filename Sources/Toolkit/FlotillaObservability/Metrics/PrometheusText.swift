/// The Prometheus text exposition format, version 0.0.4.
public enum PrometheusText {
    /// The media type of the text.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Families with `HELP` and `TYPE`, then their series, in the order given.
    public static func render(_ families: [MetricFamily]) -> String {
        var text = ""
        for family in families where !family.series.isEmpty {
            text += "# HELP \(family.name) \(escapedHelp(family.help))\n"
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
            for series in family.series { append(series, of: family.name, to: &text) }
        }
        return text
    }

    private static func append(_ series: MetricFamily.Series, of name: String, to text: inout String) {
        switch series.value {
        case .number(let value):
            line(name, series.labels, value, to: &text)
        case .histogram(let buckets, let sum):
            for bucket in buckets {
                line("\(name)_bucket", series.labels, bucket.value, extra: ("le", bucket.bound), to: &text)
            }
            line("\(name)_sum", series.labels, sum, to: &text)
            line("\(name)_count", series.labels, buckets.last?.value ?? 0, to: &text)
        case .summary(let quantiles, let count, let sum):
            for quantile in quantiles {
                line(name, series.labels, quantile.value, extra: ("quantile", quantile.bound), to: &text)
            }
            line("\(name)_sum", series.labels, sum, to: &text)
            line("\(name)_count", series.labels, Double(count), to: &text)
        }
    }

    private static func line(
        _ name: String, _ labels: [MetricLabel], _ value: Double, extra: (String, Double)? = nil,
        to text: inout String
    ) {
        text += name
        var pairs = labels.map { "\($0.name)=\"\(escapedLabel($0.value))\"" }
        if let extra { pairs.append("\(extra.0)=\"\(number(extra.1))\"") }
        if !pairs.isEmpty { text += "{" + pairs.joined(separator: ",") + "}" }
        text += " \(number(value))\n"
    }

    /// `+Inf`, `-Inf` and `NaN` are the format's own words; whole numbers have no fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), abs(value) < 1e15 { return String(whole) }
        return "\(value)"
    }

    private static func escapedHelp(_ text: String) -> String { escaped(text, quotes: false) }

    private static func escapedLabel(_ text: String) -> String { escaped(text, quotes: true) }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 92 || $0 == 10 || (quotes && $0 == 34) }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
