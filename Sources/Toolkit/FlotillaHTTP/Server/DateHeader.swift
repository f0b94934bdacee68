internal import FlotillaCore
internal import Synchronization

/// The `Date` of responses (RFC 9110, section 5.6.7), made once a second.
final class DateHeader: Sendable {
    private let time: any TimeSource
    private let latest = Mutex<(second: Int64, text: String)>((-1, ""))

    init(time: any TimeSource) { self.time = time }

    /// `Sat, 21 Nov 2026 08:30:00 GMT`.
    var value: String {
        let now = time.now
        return latest.withLock { latest in
            if latest.second != now.seconds { latest = (now.seconds, Self.text(now)) }
            return latest.text
        }
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
