/// A point in time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
public enum HTTPDate {
    /// Length in bytes.
    public static let length = 29

    /// Replaces the content of `text` by the date `seconds` after 1970, without allocation once it has the room.
    /// Years 1970 to 9999; others are moved to the nearest.
    public static func write(_ seconds: Int64, to text: inout [UInt8]) {
        let seconds = min(max(seconds, 0), 253_402_300_799)
        let days = Int(seconds / 86_400)
        let second = Int(seconds % 86_400)
        // Days to a date of the Gregorian calendar, in eras of 400 years that begin on 1 March (H. Hinnant).
        let shifted = days + 719_468
        let era = shifted / 146_097
        let day = shifted % 146_097
        let yearOfEra = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        text.removeAll(keepingCapacity: true)
        text.reserveCapacity(length)
        add("ThuFriSatSunMonTueWed", from: days % 7 * 3, to: &text)
        text.append(UInt8(ascii: ","))
        text.append(WireByte.space)
        add(dayOfMonth, WireByte.space, to: &text)
        add("JanFebMarAprMayJunJulAugSepOctNovDec", from: (month - 1) * 3, to: &text)
        text.append(WireByte.space)
        add(year / 100, nil, to: &text)
        add(year % 100, WireByte.space, to: &text)
        add(second / 3_600, WireByte.colon, to: &text)
        add(second / 60 % 60, WireByte.colon, to: &text)
        add(second % 60, WireByte.space, to: &text)
        add("GMT", from: 0, to: &text)
    }

    private static func add(_ names: StaticString, from start: Int, to text: inout [UInt8]) {
        for place in start..<(start + 3) { text.append(names.utf8Start[place]) }
    }

    private static func add(_ twoDigits: Int, _ end: UInt8?, to text: inout [UInt8]) {
        text.append(UInt8(twoDigits / 10) + UInt8(ascii: "0"))
        text.append(UInt8(twoDigits % 10) + UInt8(ascii: "0"))
        if let end { text.append(end) }
    }
}
