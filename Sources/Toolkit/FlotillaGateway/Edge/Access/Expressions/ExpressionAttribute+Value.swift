internal import FlotillaCore
internal import FlotillaHTTP

extension ExpressionAttribute {
    typealias Value = AccessExpression.Value

    /// What it is in this request.
    func value(_ head: borrowing some EdgeHead & ~Copyable, _ facts: AccessFacts) -> Value {
        switch self {
        case .callerID: Self.text(facts.caller?.id)
        case .callerRole: Self.text(facts.caller?.role)
        case .callerTier: Self.text(facts.caller?.tier)
        case .callerRegion: Self.text(facts.caller?.user?.principal.region)
        case .callerScopes, .callerPermissions: .nothing
        case .method: .text(head.methodText())
        case .path: Self.text(RequestPath.decoded(head.pathText()))
        case .query(let name): Self.text(Self.parameter(name, head.queryText()))
        case .header(let name): Self.only(head.fieldLines(name))
        case .host: Self.text(Self.bareHost(head.hostText()))
        case .address: Self.text(facts.address?.description ?? head.addressText())
        case .capture(_, let place, let isRest):
            Self.text(RequestPath.segment(place, isRest: isRest, of: head.pathText()))
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
