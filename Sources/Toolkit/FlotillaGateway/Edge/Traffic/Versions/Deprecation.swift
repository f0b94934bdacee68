internal import FlotillaConfiguration
internal import FlotillaCore

/// That a route should not be used any more, told with each of its answers: `Deprecation` (RFC 9745), `Sunset`
/// (RFC 8594) and `Link` to what people can read about it.
struct Deprecation: Sendable, Hashable {
    let since: Timestamp
    let sunset: Timestamp?
    let link: String?
    /// The same for every answer.
    let lines: FieldLines

    init(since: Timestamp, sunset: Timestamp? = nil, link: String? = nil) {
        (self.since, self.sunset, self.link) = (since, sunset, link)
        var lines = FieldLines()
        // A date as structured fields have it (RFC 9651 §3.3.7).
        lines.add("Deprecation", "@\(since.seconds)")
        if let sunset { lines.add("Sunset", DateText.http(sunset)) }
        if let link { lines.add("Link", "<\(link)>; rel=\"deprecation\"; type=\"text/html\"") }
        if let link, sunset != nil { lines.add("Link", "<\(link)>; rel=\"sunset\"; type=\"text/html\"") }
        self.lines = lines
    }
}

extension Deprecation {
    /// Reads the group `deprecated` of a route: `{ since: 2026-01-01, sunset: 2026-12-31, link: "https://…" }`.
    ///
    /// - Returns: nil when it is not there or wrong.
    static func read(from fields: inout YAMLFields) -> Deprecation? {
        fields.optionalGroup("deprecated", "That this should not be used any more; told with each answer.") { fields in
            let since = DateText.read("since", from: &fields, "Since when.")
            let sunset = DateText.read("sunset", from: &fields, "When it will be gone.")
            let link = fields.optionalText("link", bytes: 1...500, "Where people can read what to use instead.")
            if since == nil, !fields.has("since"), !fields.isDescribing {
                fields.problem("has no since", allowed: DateText.allowed)
            }
            if let since, let sunset, sunset < since {
                fields.problem(at: "sunset", "is before since", allowed: "a date that is not (RFC 9745 §4)")
            }
            if let link, !isLink(link) {
                fields.problem(at: "link", value: link, "is no link", allowed: "https://… or /…, percent-encoded")
            }
            return since.map { Deprecation(since: $0, sunset: sunset, link: link) }
        } ?? nil
    }

    /// Whether it stays within `<>`.
    private static func isLink(_ text: String) -> Bool {
        text.hasPrefix("https://") || text.hasPrefix("http://") || text.hasPrefix("/")
            ? text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>\"\\^`{|}".utf8.contains($0) } : false
    }
}
