internal import FlotillaConfiguration

/// That what is asked for is somewhere else.
struct Redirect: Sendable, Hashable {
    /// Those that name another place, and no others (RFC 9110 §15.4).
    static let statuses = [301, 302, 303, 307, 308]

    let status: Int
    /// What stands before the path: `https://new.example`, or nothing.
    let origin: String
    let path: PathRewrite
    /// Whether the query goes along.
    let keepsQuery: Bool

    /// The value of `Location`; nil when what was captured leads elsewhere (400).
    ///
    /// - Parameter captures: by name, as they were sent.
    func location(captures: [String: String], query: String) -> String? {
        guard var path = path.path([], captures: captures) else { return nil }
        // `//host` and `/\host` would be another host.
        if origin.isEmpty { while path.count > 1, path[1] == UInt8(ascii: "/") { path.remove(at: 1) } }
        var location = origin + String(decoding: path, as: UTF8.self)
        if keepsQuery, !query.isEmpty { location += "?" + query }
        return location
    }

    /// The answer; nil as above.
    func answer(captures: [String: String], query: String) -> DirectAnswer? {
        location(captures: captures, query: query).map {
            DirectAnswer(status: status, headers: [("Location", $0)])
        }
    }
}

extension Redirect {
    /// Reads the group `redirect` of a route; nil when it is not there or wrong.
    /// ```yaml
    /// redirect: { to: "https://new.example/users/{id}", status: 308 }
    /// ```
    ///
    /// - Parameter captures: the names that there are in the path of the route.
    static func read(from fields: inout YAMLFields, captures: [String]) -> Redirect? {
        fields.optionalGroup("redirect", "That what is asked for is somewhere else.") { fields in
            let to = fields.optionalText(
                "to", bytes: 1...1_000, "Where: a path or an URL, with the {name}s of match.path.")
            let status = fields.int("status", in: 301...308, default: 308, "301, 302, 303, 307 or 308.")
            let keepsQuery = fields.bool("keepQuery", default: true, "Whether the query goes along.")
            if !statuses.contains(status) {
                fields.problem(at: "status", value: String(status), "is none", allowed: "301, 302, 303, 307 or 308")
            }
            guard let to else {
                if !fields.isDescribing, !fields.has("to") { fields.problem("has no to", allowed: "a path or an URL") }
                return nil
            }
            guard let (origin, path) = parts(to) else {
                fields.problem(
                    at: "to", value: to, "is no place", allowed: "https://host/path or /path, with {name} in the path")
                return nil
            }
            for name in path.captures where !captures.contains(name) {
                fields.problem(
                    at: "to", value: to, "has {\(name)}, which match.path does not have",
                    allowed: captures.isEmpty ? "a {name} in match.path" : captures.joined(separator: ", "))
            }
            return Redirect(status: status, origin: origin, path: path, keepsQuery: keepsQuery)
        } ?? nil
    }

    /// Origin and path; what was captured can only be in the path.
    private static func parts(_ text: String) -> (origin: String, path: PathRewrite)? {
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            guard OriginPattern(scheme + rest[..<slash]) != nil, !rest[..<slash].contains("*") else { return nil }
            return PathRewrite(slash == rest.endIndex ? "/" : String(rest[slash...])).map {
                (scheme + rest[..<slash], $0)
            }
        }
        return text.hasPrefix("//") ? nil : PathRewrite(text).map { ("", $0) }
    }
}
