internal import FlotillaCore

/// The field `Date` of answers (RFC 9110, section 5.6.7) as it goes out, made once a second. Belongs to one loop.
struct DateLine {
    private var second: Int64 = -1
    private var text: [UInt8] = []
    private var line: [UInt8] = []

    /// `Date: Sat, 21 Nov 2026 08:30:00 GMT`, with its line's end.
    mutating func bytes(at now: Timestamp) -> [UInt8] {
        renew(now)
        return line
    }

    /// `Sat, 21 Nov 2026 08:30:00 GMT`.
    mutating func text(at now: Timestamp) -> [UInt8] {
        renew(now)
        return text
    }

    private mutating func renew(_ now: Timestamp) {
        guard second != now.seconds else { return }
        second = now.seconds
        HTTPDate.write(second, to: &text)
        line = Array("Date: ".utf8) + text + Array("\r\n".utf8)
    }
}
