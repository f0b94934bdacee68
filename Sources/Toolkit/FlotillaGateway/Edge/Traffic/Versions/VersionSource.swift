internal import FlotillaConfiguration
internal import FlotillaHTTP

/// Where requests say which version of an API they mean. Asked in this order: path, field, parameter, `Accept`.
struct VersionSource: Sendable, Hashable {
    /// No version is longer.
    static let bytesMax = 20

    /// What stands before the segment `v2`: empty, or `/api`; nil: the path does not say it.
    var pathPrefix: [UInt8]?
    /// The name of a field, in lower case.
    var field: String?
    /// The name of a parameter.
    var parameter: String?
    /// Whether `Accept: application/json;version=2` says it.
    var isAccept = false
    /// Of requests that say none; nil: those have none.
    var usual: String?

    /// The version without a `v` before it: `2`, `2.1`. A text that is none (too long, odd bytes) is found as `?`,
    /// which no route has.
    func version(_ head: borrowing some EdgeHead & ~Copyable) -> String? {
        if let pathPrefix, let found = Self.inPath(head.pathText(), pathPrefix) { return found }
        if let field, let found = head.field(field) { return Self.plain(found) }
        if let parameter {
            for pair in QueryText.pairs(head.queryText()) where pair.name == parameter { return Self.plain(pair.value) }
        }
        if isAccept, let found = head.fieldLines("accept").lazy.compactMap(Self.inAccept).first { return found }
        return usual
    }

    /// `v2` and `2` are the same.
    static func plain(_ text: String) -> String {
        let bare = text.hasPrefix("v") || text.hasPrefix("V") ? text.dropFirst() : text[...]
        let isVersion = (1...bytesMax).contains(bare.utf8.count) && bare.utf8.allSatisfy(isOfVersion)
        return isVersion ? String(bare) : "?"
    }

    private static func isOfVersion(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// The `v2` of `/api/v2/users`; nil when the segment is none.
    private static func inPath(_ path: String, _ prefix: [UInt8]) -> String? {
        guard path.utf8.starts(with: prefix) else { return nil }
        let rest = path.utf8.dropFirst(prefix.count)
        guard rest.first == UInt8(ascii: "/") else { return nil }
        let segment = rest.dropFirst().prefix { $0 != UInt8(ascii: "/") }
        guard segment.first == UInt8(ascii: "v"), segment.count > 1, segment.count <= bytesMax + 1,
            segment.dropFirst().allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        return String(Substring(segment.dropFirst()))
    }

    /// The parameter `version` of the first type that has it.
    private static func inAccept(_ value: String) -> String? {
        for type in value.split(separator: ",") {
            for parameter in type.split(separator: ";").dropFirst() {
                let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, trimmed(parts[0]).lowercased() == "version" else { continue }
                var text = trimmed(parts[1])
                if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") { text = text.dropFirst().dropLast() }
                return plain(String(text))
            }
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text = text.dropFirst() }
        while text.last == " " || text.last == "\t" { text = text.dropLast() }
        return text
    }
}

/// Which versions of an API a route is for.
struct VersionMatch: Sendable, Hashable {
    /// Without a `v` before them.
    let versions: [String]

    init(_ versions: [String]) { self.versions = versions.map(VersionSource.plain) }

    /// - Parameter version: what ``VersionSource/version(_:)`` found.
    func fits(_ version: String?) -> Bool { version.map(versions.contains) ?? false }
}

extension VersionSource {
    /// Reads the group `versions` at the top of a file; without it no request has a version.
    /// ```yaml
    /// versions: { path: /api, header: X-API-Version, query: version, accept: true, default: "1" }
    /// ```
    init(from fields: inout YAMLFields) {
        self = fields.group("versions", "Where requests say which version of the API they mean.") { fields in
            var source = VersionSource()
            let path = fields.optionalText("path", "What stands before a segment such as v2 in paths: / or /api.")
            source.field = fields.optionalText("header", "The field that says it.")
            source.parameter = fields.optionalText("query", "The parameter that says it.")
            source.isAccept = fields.bool(
                "accept", default: false, "Whether Accept says it: application/json;version=2.")
            source.usual = fields.optionalText("default", "Of requests that do not say it.").map(Self.plain)
            if let path {
                source.pathPrefix = Array((path == "/" ? "" : path).utf8)
                if path != "/", !path.hasPrefix("/") || path.hasSuffix("/") {
                    fields.problem(at: "path", value: path, "is no such path", allowed: "/ or /api")
                }
            }
            if let name = source.field {
                source.field = name.lowercased()
                if !FieldName.isToken(name) {
                    fields.problem(at: "header", value: name, "is not the name of a field", allowed: "X-API-Version")
                }
            }
            if source.usual == "?" {
                fields.problem(at: "default", "is no version", allowed: "letters, digits, dots and hyphens")
            }
            return source
        }
    }
}

extension VersionMatch {
    /// Reads the key `version` of a match: one, or a list; nil when it is not there.
    static func read(from fields: inout YAMLFields) -> VersionMatch? {
        let texts = fields.oneOrMoreTexts(
            "version", count: 0...20, bytes: 1...(VersionSource.bytesMax + 1), "The version of the API, or a list.")
        let match = VersionMatch(texts)
        if match.versions.contains("?") {
            fields.problem(at: "version", "is no version", allowed: "letters, digits, dots and hyphens")
        }
        return texts.isEmpty ? nil : match
    }
}
