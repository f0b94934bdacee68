/// Durations as people write them: a number and a unit, `500ms`, `5s`, `1.5m`, `2h`, `7d`.
public enum DurationText {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
    ]

    /// Reads a duration of up to 10,000 days, to the nanosecond.
    ///
    /// - Returns: nil when the text is anything else; a number without a unit is nothing either, but for `0`.
    public static func parse(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let name = text.dropFirst(digits.count)
        guard let unit = units.first(where: { $0.name == name }) else { return nil }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let whole = Int64(first) else { return nil }
        var (nanoseconds, overflow) = whole.multipliedReportingOverflow(by: unit.nanoseconds)
        if parts.count == 2 {
            guard let fraction = fraction(parts[1], of: unit.nanoseconds) else { return nil }
            let sum = nanoseconds.addingReportingOverflow(fraction)
            overflow = overflow || sum.overflow
            nanoseconds = sum.partialValue
        }
        guard !overflow, nanoseconds <= 10_000 * 86_400_000_000_000 else { return nil }
        return .nanoseconds(nanoseconds)
    }

    /// The duration in the largest unit it is a whole number of: `90s` is `90s`, `120s` is `2m`.
    public static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return "\(seconds)s" }
        let nanoseconds = scaled + attoseconds / 1_000_000_000
        if nanoseconds == 0 { return "0s" }
        for unit in units.reversed() where nanoseconds % unit.nanoseconds == 0 {
            return "\(nanoseconds / unit.nanoseconds)\(unit.name)"
        }
        return "\(nanoseconds)ns"
    }

    /// At most nine digits after the point.
    private static func fraction(_ digits: Substring, of unit: Int64) -> Int64? {
        guard (1...9).contains(digits.utf8.count), let value = Int64(digits), value >= 0 else { return nil }
        var scale: Int64 = 1
        for _ in 0..<digits.utf8.count { scale *= 10 }
        let (product, overflow) = value.multipliedReportingOverflow(by: unit)
        return overflow ? Int64(Double(value) / Double(scale) * Double(unit)) : product / scale
    }
}
