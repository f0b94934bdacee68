extension Timestamp: CustomStringConvertible, Codable {
    /// RFC 3339 in UTC with milliseconds.
    public var description: String {
        let day = Int64(floorDivide(microseconds, 86_400_000_000))
        let inDay = microseconds - day * 86_400_000_000
        let date = CivilDate(daysSinceEpoch: day)
        let seconds = inDay / 1_000_000
        var text = ""
        text.reserveCapacity(24)
        text.append(padded(date.year, 4), then: "-")
        text.append(padded(date.month, 2), then: "-")
        text.append(padded(date.day, 2), then: "T")
        text.append(padded(Int(seconds / 3600), 2), then: ":")
        text.append(padded(Int(seconds / 60 % 60), 2), then: ":")
        text.append(padded(Int(seconds % 60), 2), then: ".")
        text.append(padded(Int(inDay / 1_000 % 1_000), 3), then: "Z")
        return text
    }

    /// Reads RFC 3339, with or without a fraction, in UTC (`Z`) or with an offset (`+02:00`).
    ///
    /// - Returns: nil when the text is anything else, or a date that does not exist.
    public init?(_ text: String) {
        var rest = Substring(text).utf8
        guard let year = rest.digits(4), rest.skip("-"), let month = rest.digits(2), rest.skip("-"),
            let day = rest.digits(2), rest.skip("T") || rest.skip("t"),
            let hour = rest.digits(2), rest.skip(":"), let minute = rest.digits(2), rest.skip(":"),
            let second = rest.digits(2),
            (1970...9999).contains(year), (1...12).contains(month), hour < 24, minute < 60, second < 60,
            (1...CivilDate.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        guard let fraction = rest.fractionMicroseconds(), let offset = rest.offsetMinutes(), rest.isEmpty else {
            return nil
        }
        let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
        let seconds = days * 86_400 + Int64(hour * 3600 + (minute - offset) * 60 + second)
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Timestamp(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A day of the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
struct CivilDate {
    var year: Int
    var month: Int
    var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(daysSinceEpoch: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    }

    var daysSinceEpoch: Int64 {
        let shiftedYear = Int64(month <= 2 ? year - 1 : year)
        let era = floorDivide(shiftedYear, 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

private func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
    value >= 0 ? value / by : (value - by + 1) / by
}

private func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

extension String {
    fileprivate mutating func append(_ text: String, then separator: String) {
        append(text)
        append(separator)
    }
}

extension Substring.UTF8View {
    fileprivate mutating func digits(_ count: Int) -> Int? {
        guard self.count >= count else { return nil }
        var value = 0
        for byte in prefix(count) {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        removeFirst(count)
        return value
    }

    fileprivate mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard first == UInt8(character.value) else { return false }
        removeFirst()
        return true
    }

    fileprivate mutating func fractionMicroseconds() -> Int64? {
        guard skip(".") else { return 0 }
        var value: Int64 = 0
        var count = 0
        while let byte = first, (48...57).contains(byte) {
            if count < 6 { value = value * 10 + Int64(byte - 48) }
            count += 1
            removeFirst()
        }
        guard count > 0 else { return nil }
        while count < 6 {
            value *= 10
            count += 1
        }
        return value
    }

    fileprivate mutating func offsetMinutes() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = digits(2), skip(":"), let minutes = digits(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
