internal import FlotillaConfiguration

extension CORSPolicy {
    /// Reads a group:
    /// ```yaml
    /// origins: ["https://a.example", "https://*.a.example"]
    /// methods: [GET, POST]
    /// headers: [Content-Type, X-Team]
    /// expose: [X-Trace-ID]
    /// credentials: true
    /// maxAge: 10m
    /// ```
    init(from fields: inout YAMLFields) {
        let origins = fields.oneOrMoreTexts(
            "origins", count: 1...200, bytes: 1...300,
            "Whose pages may read answers: https://a.example, https://*.a.example, null, or * for all.")
        let methods = fields.texts("methods", count: 0...50, bytes: 1...50, "Methods; GET, HEAD and POST by default.")
        let headers = fields.texts("headers", count: 0...200, bytes: 1...100, "Fields of requests, or * for all.")
        let expose = fields.texts("expose", count: 0...200, bytes: 1...100, "Fields of answers that pages may read.")
        let credentials = fields.bool("credentials", default: false, "Whether cookies and tokens may be sent along.")
        let maxAge = fields.duration(
            "maxAge", in: .zero ... .seconds(86_400), default: .seconds(600),
            "How long browsers may remember what is allowed.")
        var patterns: [OriginPattern] = []
        for text in origins {
            if let pattern = OriginPattern(text) {
                patterns.append(pattern)
            } else {
                fields.problem(
                    at: "origins", value: text, "has an entry that is no origin",
                    allowed: "scheme://host or scheme://host:port without a path, https://*.host, null, or *")
            }
        }
        for (key, list) in [("methods", methods), ("headers", headers), ("expose", expose)] {
            for text in list where !FieldName.isToken(text) {
                fields.problem(at: key, value: text, "has an entry that is no name", allowed: "names, or *")
            }
            if credentials, list.contains("*") { Self.tooMuch(key, &fields) }
        }
        if credentials, patterns.contains(where: { $0.kind == .any }) { Self.tooMuch("origins", &fields) }
        self.init(
            origins: patterns, methods: methods.isEmpty ? ["GET", "HEAD", "POST"] : methods, headers: headers,
            expose: expose, credentials: credentials, maxAge: maxAge)
    }

    /// Any page could act in the name of whoever looks at it; browsers refuse it.
    private static func tooMuch(_ key: String, _ fields: inout YAMLFields) {
        fields.problem(
            at: key, value: "*", "is not possible with credentials", allowed: "each by its name, or no credentials")
    }
}
