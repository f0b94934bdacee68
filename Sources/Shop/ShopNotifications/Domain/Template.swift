/// A text with placeholders, `{name}`.
struct Template: Sendable, Hashable {
    var title: String
    var text: String

    /// Puts the values in, once: what looks like a placeholder within a value stays as it is.
    ///
    /// Control characters in values become spaces, but for line breaks in the text, so that a value
    /// cannot break out of the line it stands in where lines mean something. A placeholder nobody
    /// has a value for stays as it is.
    func filled(with values: [String: String]) -> (title: String, text: String) {
        (Self.fill(title, values, keepsLines: false), Self.fill(text, values, keepsLines: true))
    }

    /// The placeholders of both parts.
    var placeholders: Set<String> {
        Set((title + text).split(separator: "{").dropFirst().compactMap { part in
            part.firstIndex(of: "}").map { String(part[..<$0]) }
        })
    }

    private static func fill(_ pattern: String, _ values: [String: String], keepsLines: Bool) -> String {
        var result = ""
        var rest = Substring(pattern).utf8
        while let open = rest.firstIndex(of: UInt8(ascii: "{")) {
            result += Substring(rest[..<open])
            rest = rest[open...]
            guard let close = rest.firstIndex(of: UInt8(ascii: "}")) else { break }
            let name = String(Substring(rest[rest.index(after: open)..<close]))
            result += values[name].map { clean($0, keepsLines: keepsLines) } ?? String(Substring(rest[...close]))
            rest = rest[rest.index(after: close)...]
        }
        return result + Substring(rest)
    }

    private static func clean(_ value: String, keepsLines: Bool) -> String {
        // Printable ASCII has nothing to replace, and most values are nothing else.
        if value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return value }
        var cleaned = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || scalar.value == 0x2028 || scalar.value == 0x2029
            cleaned.append(isControl && !(keepsLines && scalar == "\n") ? " " : scalar)
        }
        return String(cleaned)
    }
}
