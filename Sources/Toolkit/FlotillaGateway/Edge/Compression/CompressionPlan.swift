internal import FlotillaConfiguration

/// Which answers are made smaller on their way to clients, and how.
struct CompressionPlan: Sendable, Hashable {
    /// What is text, mostly; streams of events are not among them.
    static let usualTypes = [
        "text/html", "text/plain", "text/css", "text/csv", "text/xml", "text/javascript", "text/markdown",
        "application/json", "application/javascript", "application/xml", "application/wasm",
        "application/manifest+json", "application/x-ndjson", "application/graphql-response+json", "image/svg+xml",
        "application/*+json", "application/*+xml",
    ]

    var isEnabled = true
    /// Media types, in lower case: `text/css`, `text/*`, `application/*+json`.
    var types = usualTypes
    /// A shorter body is not worth it.
    var bytesMin = 512
    /// From 1, fast, to 9, small; Brotli knows 6 of them, which are smaller than gzip's 9.
    var level = 4
    /// In the order of our liking.
    var codings: [ContentCoding] = [.br, .gzip]

    init() {}

    /// Reads the group `compress`, of a route or at the top of the file.
    init(from fields: inout YAMLFields) {
        isEnabled = fields.bool("enabled", default: true, "Whether answers are made smaller.")
        let types = fields.texts(
            "types", count: 0...100,
            "Media types, such as text/css, text/* and application/*+json; else the usual ones.")
        if fields.has("types") { self.types = types.map { $0.lowercased() } }
        for type in types where type.split(separator: "/", omittingEmptySubsequences: false).count != 2 {
            fields.problem(
                at: "types", value: type, "is no media type", allowed: "text/css, text/* and application/*+json")
        }
        bytesMin = fields.int("bytesMin", in: 0...(1 << 30), default: 512, "A shorter body stays as it is.")
        level = fields.int("level", in: 1...9, default: 4, "From 1, fast, to 9, small.")
        let names = fields.texts("codings", count: 0...2, "br and gzip, the one to be preferred first.")
        let codings = names.compactMap { ContentCoding(rawValue: $0) }
        for name in names where ContentCoding(rawValue: name) == nil {
            fields.problem(at: "codings", value: name, "is no coding there is", allowed: "br, gzip")
        }
        if !codings.isEmpty { self.codings = codings }
    }

    /// Whether bodies of that type are made smaller.
    ///
    /// - Parameter contentType: with or without parameters.
    func concerns(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        let type = contentType.prefix { $0 != ";" }.withoutBlanks.lowercased()
        return types.contains { pattern in
            guard let star = pattern.firstIndex(of: "*") else { return pattern == type }
            // A stream of events is made smaller only by its own name: each part of it has somebody waiting for it.
            guard type != "text/event-stream" else { return false }
            let (head, tail) = (pattern[..<star], pattern[pattern.index(after: star)...])
            return type.utf8.count > head.utf8.count + tail.utf8.count && type.hasPrefix(head) && type.hasSuffix(tail)
        }
    }
}
