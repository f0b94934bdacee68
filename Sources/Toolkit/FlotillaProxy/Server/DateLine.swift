internal import FlotillaCore

/// The field `Date` of answers (RFC 9110, section 5.6.7) as it goes out, made once a second. Belongs to one loop.
struct DateLine {
    private var second: Int64 = -1
    private var line: [UInt8] = []

    /// `Date: Sat, 21 Nov 2026 08:30:00 GMT`, with its line's end.
    mutating func bytes(at now: Timestamp) -> [UInt8] {
        if second != now.seconds {
            second = now.seconds
            line = Array("Date: \(Self.text(now))\r\n".utf8)
        }
        return line
    }

    /// The date's parts stand at known places of RFC 3339; only the day of the week has to be computed.
    static func text(_ time: Timestamp) -> String {
        let iso = Array(time.description.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: iso[range], as: UTF8.self) }
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = Int(part(5..<7)) ?? 1
        return "\(days[Int(time.seconds / 86_400 % 7)]), \(part(8..<10)) \(months[month - 1]) \(part(0..<4)) "
            + "\(part(11..<19)) GMT"
    }
}
