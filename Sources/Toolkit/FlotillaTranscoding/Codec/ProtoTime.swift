/// Seconds and nanoseconds of `google.protobuf.Timestamp` and `google.protobuf.Duration`, and their texts.
struct ProtoTime: Hashable {
    var seconds: Int64
    /// Of the same sign as the seconds in a duration; never negative in a timestamp.
    var nanos: Int32

    /// 0001-01-01 to 9999-12-31, as the type allows.
    static let timestampSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
    /// Ten thousand years each way.
    static let durationSeconds: ClosedRange<Int64> = -315_576_000_000...315_576_000_000

    init(seconds: Int64, nanos: Int32) {
        self.seconds = seconds
        self.nanos = nanos
    }

    // MARK: Timestamps

    /// - Parameter text: RFC 3339, with up to nine digits of a second, in UTC or with an offset.
    init?(timestamp text: String) {
        var rest = Substring(text).utf8
        guard let year = rest.number(4), rest.take("-"), let month = rest.number(2), rest.take("-"),
            let day = rest.number(2), rest.take("T") || rest.take("t"), let hour = rest.number(2), rest.take(":"),
            let minute = rest.number(2), rest.take(":"), let second = rest.number(2), let nanos = rest.fraction(),
            year > 0, (1...12).contains(month), hour < 24, minute < 60, second < 60,
            day > 0, day <= Self.days(month: month, year: year)
        else { return nil }
        var offset: Int64 = 0
        if !rest.take("Z"), !rest.take("z") {
            let isWest = rest.take("-")
            guard isWest || rest.take("+"), let hours = rest.number(2), rest.take(":"), let minutes = rest.number(2),
                hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (isWest ? -60 : 60)
        }
        guard rest.isEmpty else { return nil }
        let seconds = Self.day(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
        guard Self.timestampSeconds.contains(seconds) else { return nil }
        self.init(seconds: seconds, nanos: nanos)
    }

    /// In UTC, with as many digits of a second as there are, in threes; nil when it is out of range.
    var timestampText: String? {
        guard Self.timestampSeconds.contains(seconds), (0..<1_000_000_000).contains(nanos) else { return nil }
        let day = seconds >= 0 ? seconds / 86_400 : -((-seconds + 86_399) / 86_400)
        let inDay = seconds - day * 86_400
        let date = Self.date(day)
        var text = Self.padded(date.year, 4) + "-" + Self.padded(date.month, 2) + "-" + Self.padded(date.day, 2)
        text += "T" + Self.padded(inDay / 3_600, 2) + ":" + Self.padded(inDay / 60 % 60, 2)
        return text + ":" + Self.padded(inDay % 60, 2) + Self.fraction(Int64(nanos)) + "Z"
    }

    // MARK: Durations

    /// - Parameter text: `1.5s`, `-0.25s`.
    init?(duration text: String) {
        var rest = Substring(text).utf8
        let isNegative = rest.take("-")
        var digits = 0
        var seconds: Int64 = 0
        while let digit = rest.first, (0x30...0x39).contains(digit), digits < 13 {
            seconds = seconds * 10 + Int64(digit - 0x30)
            digits += 1
            rest = rest.dropFirst()
        }
        guard digits > 0, let nanos = rest.fraction(), rest.take("s"), rest.isEmpty,
            Self.durationSeconds.contains(seconds)
        else { return nil }
        self.init(seconds: isNegative ? -seconds : seconds, nanos: isNegative ? -nanos : nanos)
    }

    /// Nil when it is out of range, or its parts have not the same sign.
    var durationText: String? {
        guard Self.durationSeconds.contains(seconds), (-999_999_999...999_999_999).contains(nanos),
            seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0)
        else { return nil }
        let sign = seconds < 0 || nanos < 0 ? "-" : ""
        return "\(sign)\(seconds.magnitude)\(Self.fraction(Int64(nanos.magnitude)))s"
    }

    // MARK: Pieces

    private static func fraction(_ nanos: Int64) -> String {
        if nanos == 0 { return "" }
        if nanos % 1_000_000 == 0 { return "." + padded(nanos / 1_000_000, 3) }
        if nanos % 1_000 == 0 { return "." + padded(nanos / 1_000, 6) }
        return "." + padded(nanos, 9)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func days(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms").
    private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Never negative for the years that there are.
        let days = day + 719_468
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

extension Substring.UTF8View {
    fileprivate mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard first == UInt8(ascii: sign) else { return false }
        self = dropFirst()
        return true
    }

    /// Exactly so many digits.
    fileprivate mutating func number(_ count: Int) -> Int64? {
        guard self.count >= count else { return nil }
        var value: Int64 = 0
        for digit in prefix(count) {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - 0x30)
        }
        self = dropFirst(count)
        return value
    }

    /// A point and one to nine digits, in nanoseconds; 0 when there is no point, nil when there are other digits.
    fileprivate mutating func fraction() -> Int32? {
        guard take(".") else { return 0 }
        var value: Int32 = 0
        var digits = 0
        while let digit = first, (0x30...0x39).contains(digit) {
            guard digits < 9 else { return nil }
            value = value * 10 + Int32(digit - 0x30)
            digits += 1
            self = dropFirst()
        }
        guard digits > 0 else { return nil }
        for _ in digits..<9 { value *= 10 }
        return value
    }
}
