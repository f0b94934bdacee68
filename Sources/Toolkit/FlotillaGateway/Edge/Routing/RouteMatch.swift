internal import FlotillaConfiguration
internal import FlotillaHTTP

/// What a request must have for a route to be its own.
struct RouteMatch: Sendable {
    /// One field, or one parameter, by its name.
    struct Named: Sendable, Hashable {
        var name: String
        var value: TextMatch
    }

    var path: PathPattern
    /// Nil: any.
    var host: HostMatch?
    /// In upper case as they are sent; empty: any. `GET` brings `HEAD` along.
    var methods: [String] = []
    var headers: [Named] = []
    var query: [Named] = []
    /// Nil: any.
    var version: VersionMatch?
    /// Whether anything beside path and method is asked.
    var isPlain: Bool { host == nil && headers.isEmpty && query.isEmpty && version == nil }

    /// Whether the request has what is asked besides path and method.
    ///
    /// - Parameter versions: where it says which version it means.
    func fits(_ head: borrowing some EdgeHead & ~Copyable, _ versions: VersionSource) -> Bool {
        if let version, !version.fits(versions.version(head)) { return false }
        if let host, !host.fits(head.hostText()) { return false }
        for field in headers where !field.value.fits(head.field(field.name)) { return false }
        if query.isEmpty { return true }
        let parameters = QueryText.pairs(head.queryText())
        return query.allSatisfy { wanted in
            parameters.contains { $0.name == wanted.name && wanted.value.fits($0.value) }
        }
    }
}

extension RouteMatch {
    /// Reads the group `match`; nil with a problem.
    init?(from fields: inout YAMLFields) {
        let text = fields.optionalText(
            "path", "A path; {name} or * is a segment, {name...} or ** at the end is any rest.") ?? "/**"
        let pattern = PathPattern(text)
        if pattern == nil {
            fields.problem(
                at: "path", value: text, "is no path",
                allowed: "/ and segments; {name} or * alone in one, {name...} or ** at the end")
        }
        methods = fields.texts("methods", count: 0...50, "Methods; all when the list is not there.")
        host = fields.optionalText("host", "A host name; *.example.com for all below it.").map { HostMatch($0) }
        headers = fields.namedTexts("headers", "Fields and their values; abc* begins so, * is anything.")
            .map { Named(name: $0.name.lowercased(), value: TextMatch($0.value)) }
        query = fields.namedTexts("query", "Parameters and their values; abc* begins so, * is anything.")
            .map { Named(name: $0.name, value: TextMatch($0.value)) }
        version = VersionMatch.read(from: &fields)
        guard let pattern else { return nil }
        path = pattern
    }
}
