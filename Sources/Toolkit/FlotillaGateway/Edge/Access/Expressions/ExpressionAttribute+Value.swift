internal import FlotillaCore
internal import FlotillaHTTP

extension ExpressionAttribute {
    typealias Value = AccessExpression.Value

    /// What it is in this request.
    func value(_ head: borrowing some EdgeHead & ~Copyable, _ facts: AccessFacts) -> Value {
        switch self {
        case .callerID: Self.text(facts.caller?.principal.id)
        case .callerRole: Self.text(facts.caller?.principal.role.rawValue)
        case .callerTier: Self.text(facts.caller?.principal.tier)
        case .callerRegion: Self.text(facts.caller?.principal.region)
        case .callerScopes, .callerPermissions: .nothing
        case .method: .text(head.methodText())
        case .path: Self.text(PathSegments(head.pathText())?.path)
        case .query(let name): Self.text(Self.parameter(name, head.queryText()))
        case .header(let name): Self.only(head.fieldLines(name))
        case .host: Self.text(Self.bareHost(head.hostText()))
        case .address: Self.text(facts.address?.description ?? head.addressText())
        case .capture(_, let place, let isRest):
            Self.text(PathSegments(head.pathText())?.segment(place, isRest: isRest))
        case .hour: .number(Double(facts.now.seconds / 3_600 % 24))
        // The first of January 1970 was a Thursday.
        case .weekday: .number(Double((facts.now.seconds / 86_400 + 3) % 7 + 1))
        }
    }

    /// An empty text is nothing, too.
    private static func text(_ text: String?) -> Value {
        if let text, !text.isEmpty { .text(text) } else { .nothing }
    }

    private static func only(_ lines: [String]) -> Value { lines.count == 1 ? .text(lines[0]) : .nothing }

    private static func parameter(_ name: String, _ query: String) -> String? {
        guard !query.isEmpty else { return nil }
        let found = QueryText.pairs(query).filter { $0.name == name }
        return found.count == 1 ? found[0].value : nil
    }

    private static func bareHost(_ host: String) -> String {
        var bare = host[...]
        // The colons inside the brackets of an address of version 6 begin no port.
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") { bare = host[..<colon] }
        if bare.hasSuffix(".") { bare = bare.dropLast() }
        return bare.lowercased()
    }
}

/// A path taken apart as a service would, and refused where a service might take it apart differently: with a segment
/// that leads upwards, be it written as `..`, `%2e%2e` or `..;x`, it is not said whose path that is.
private struct PathSegments {
    private let decoded: [String]

    init?(_ path: String) {
        var decoded: [String] = []
        for segment in path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let text = PercentEncoding.decode(segment, plusIsSpace: false) else { return nil }
            for part in text.utf8.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) {
                let bare = part.prefix { $0 != UInt8(ascii: ";") }
                if bare.elementsEqual(".".utf8) || bare.elementsEqual("..".utf8) { return nil }
            }
            decoded.append(text)
        }
        self.decoded = decoded
    }

    var path: String { "/" + decoded.joined(separator: "/") }

    func segment(_ place: Int, isRest: Bool) -> String? {
        guard decoded.indices.contains(place) else { return nil }
        return isRest ? decoded[place...].joined(separator: "/") : decoded[place]
    }
}
