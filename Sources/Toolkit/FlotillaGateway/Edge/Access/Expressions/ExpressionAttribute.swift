/// Something that an expression can ask of a request.
enum ExpressionAttribute: Sendable, Hashable {
    case callerID
    case callerRole
    case callerTier
    case callerRegion
    case callerScopes
    case callerPermissions
    case method
    /// Decoded, without the query.
    case path
    /// A parameter of the query; nothing when it is there twice, for then nobody knows which one a service takes.
    case query(String)
    /// A field of the head by its name in lower case; nothing when it is there twice.
    case header(String)
    /// In lower case, without the port.
    case host
    case address
    /// What stands at the place of a name of the route's path, decoded.
    case capture(String, place: Int, isRest: Bool)
    /// 0 to 23, UTC.
    case hour
    /// 1 (Monday) to 7, UTC (ISO 8601).
    case weekday

    /// What a value of it is.
    enum Kind: Sendable, Hashable {
        case text
        case number
        case list
    }

    var kind: Kind {
        switch self {
        case .hour, .weekday: .number
        case .callerScopes, .callerPermissions: .list
        default: .text
        }
    }

    var isOfCaller: Bool {
        switch self {
        case .callerID, .callerRole, .callerTier, .callerRegion, .callerScopes, .callerPermissions: true
        default: false
        }
    }

    /// As it is written.
    var text: String {
        switch self {
        case .query(let name): "request.query.\(name)"
        case .header(let name): "request.header.\(name)"
        case .capture(let name, _, _): "path.\(name)"
        default: Self.fixed.first { $0.attribute == self }?.name ?? ""
        }
    }

    /// Whether its value may be a secret, which no explanation shows: the names that secrets are usually given.
    var isHidden: Bool {
        let name: String
        switch self {
        case .query(let query): name = query.lowercased()
        case .header(let header): name = header
        default: return false
        }
        return ["token", "secret", "key", "pass", "auth", "session", "signature", "code", "credential", "cookie"]
            .contains { name.contains($0) }
    }

    /// Fields that prove who somebody is: policies of their own check them, expressions do not get to see them.
    static let credentials = ["authorization", "cookie", "proxy-authorization", "x-api-key"]

    /// Those without a name of the writer's choice.
    static let fixed: [(name: String, attribute: ExpressionAttribute)] = [
        ("caller.id", .callerID), ("caller.role", .callerRole), ("caller.tier", .callerTier),
        ("caller.region", .callerRegion), ("caller.scopes", .callerScopes), ("caller.permissions", .callerPermissions),
        ("request.method", .method), ("request.path", .path), ("request.host", .host), ("request.address", .address),
        ("time.hour", .hour), ("time.weekday", .weekday),
    ]
}

extension ExpressionAttribute {
    /// - Parameters:
    ///   - name: as it is written: `caller.id`, `path.userId`.
    ///   - captures: the names in the route's path; nil: not known yet, any name will do for now.
    /// - Throws: ``ExpressionError`` with an offset from the beginning of the name.
    init(_ name: String, captures: [ExpressionCapture]?) throws(ExpressionError) {
        if let found = Self.fixed.first(where: { $0.name == name }) {
            self = found.attribute
            return
        }
        if let query = Self.rest(of: name, after: "request.query.") {
            self = .query(query)
            return
        }
        if let header = Self.rest(of: name, after: "request.header.")?.lowercased() {
            guard !Self.credentials.contains(header) else {
                throw ExpressionError(
                    offset: 0, message: "\(name) is a proof of who somebody is, which expressions do not see",
                    allowed: "caller.id, caller.role, caller.scopes")
            }
            self = .header(header)
            return
        }
        if let capture = Self.rest(of: name, after: "path.") {
            guard let captures else {
                self = .capture(capture, place: -1, isRest: false)
                return
            }
            guard let found = captures.first(where: { $0.name == capture }) else {
                throw ExpressionError(
                    offset: 0, message: "the route's path has no {\(capture)}",
                    allowed: captures.isEmpty
                        ? "a path with names, as /users/{userId}"
                        : captures.map { "path.\($0.name)" }.joined(separator: ", "))
            }
            self = .capture(capture, place: found.place, isRest: found.isRest)
            return
        }
        let known = Self.fixed.map(\.name)
        throw ExpressionError(
            offset: 0, message: "\(name) is not known", word: name, known: known,
            allowed: known.joined(separator: ", ") + ", request.query.NAME, request.header.NAME, path.NAME")
    }

    private static func rest(of name: String, after prefix: String) -> String? {
        guard name.hasPrefix(prefix), name.utf8.count > prefix.utf8.count else { return nil }
        return String(name.dropFirst(prefix.count))
    }
}

/// A name in the path of a route, and which segment it stands for, from 0.
struct ExpressionCapture: Sendable, Hashable {
    var name: String
    var place: Int
    /// Whether it is all from there on.
    var isRest: Bool
}

/// What is wrong with an expression, and where.
struct ExpressionError: Error, Sendable, Hashable {
    /// Characters before the place, from the beginning of the expression.
    var offset: Int
    var message: String
    /// A word that is not known, to suggest one of ``known``.
    var word: String = ""
    var known: [String] = []
    var allowed: String
}
