internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaProxy

/// Points in time as a configuration has them: a day, which begins at midnight UTC, or a time of RFC 3339.
enum DateText {
    static let allowed = "a day such as 2026-12-31, or a time such as 2026-12-31T22:00:00Z"

    static func parse(_ text: String) -> Timestamp? {
        text.utf8.count == 10 ? Timestamp(text + "T00:00:00Z") : Timestamp(text)
    }

    /// Reads a key that may be missing.
    static func read(_ key: String, from fields: inout YAMLFields, _ about: String) -> Timestamp? {
        guard let text = fields.optionalText(key, bytes: 1...40, about) else { return nil }
        let time = parse(text)
        if time == nil { fields.problem(at: key, value: text, "is no date", allowed: allowed) }
        return time
    }

    /// As fields of HTTP have it: `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func http(_ time: Timestamp) -> String {
        var bytes: [UInt8] = []
        HTTPDate.write(time.seconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
