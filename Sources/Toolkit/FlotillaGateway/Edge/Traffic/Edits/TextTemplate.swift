internal import FlotillaConfiguration
internal import FlotillaHTTP

/// A text with places that each request fills: `caller ${caller.id} asks for ${path.id}`.
struct TextTemplate: Sendable, Hashable {
    enum Piece: Sendable, Hashable {
        case literal(String)
        /// `${caller.id}`; nothing for who is not known.
        case callerID
        /// `${request.id}`
        case requestID
        /// `${path.NAME}`: what stands in the path at that place, decoded.
        case capture(String)
        /// `${header.NAME}`: the request's first field of that name.
        case field(String)
    }

    static let allowed = "text with ${caller.id}, ${request.id}, ${path.NAME} or ${header.NAME}; $${ for ${ itself"

    let pieces: [Piece]

    /// The text when it is the same for every request; nil: it is not.
    var constant: String? {
        switch pieces.count {
        case 0: return ""
        case 1: if case .literal(let text) = pieces[0] { return text } else { return nil }
        default: return nil
        }
    }

    /// - Returns: nil when a place is not closed or is none of those there are.
    init?(_ text: String) {
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        var rest = Substring(text).utf8
        func endLiteral() {
            if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
            literal = []
        }
        while let byte = rest.first {
            if rest.starts(with: "$${".utf8) {
                literal += "${".utf8
                rest = rest.dropFirst(3)
            } else if rest.starts(with: "${".utf8) {
                guard let end = rest.firstIndex(of: UInt8(ascii: "}")),
                    let piece = Self.place(String(Substring(rest[..<end].dropFirst(2))))
                else { return nil }
                endLiteral()
                pieces.append(piece)
                rest = rest[rest.index(after: end)...]
            } else {
                literal.append(byte)
                rest = rest.dropFirst()
            }
        }
        endLiteral()
        self.pieces = pieces
    }

    private static func place(_ name: String) -> Piece? {
        switch name {
        case "caller.id": return .callerID
        case "request.id": return .requestID
        default: break
        }
        guard let dot = name.firstIndex(of: ".") else { return nil }
        let rest = String(name[name.index(after: dot)...])
        switch name[..<dot] {
        case "path": return rest.isEmpty ? nil : .capture(rest)
        case "header": return FieldName.isToken(rest) ? .field(rest.lowercased()) : nil
        default: return nil
        }
    }

    /// Names of captures it needs.
    var captures: [String] {
        pieces.compactMap { if case .capture(let name) = $0 { name } else { nil } }
    }

    /// The text for one request.
    func text(_ values: EditValues, _ head: borrowing some EdgeHead & ~Copyable) -> String {
        if let constant { return constant }
        var text = ""
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal
            case .callerID: text += values.callerID ?? ""
            case .requestID: text += values.requestID
            case .capture(let name):
                let sent = values.captures[name] ?? ""
                text += PercentEncoding.decode(Array(sent.utf8), plusIsSpace: false) ?? sent
            case .field(let name): text += head.field(name) ?? ""
            }
        }
        return text
    }
}

/// What a request brings for the places of a ``TextTemplate``.
struct EditValues: Sendable {
    /// Of the user or client that was proved; nil: nobody.
    var callerID: String?
    var requestID: String
    /// What stands in the path, by name, as it was sent (``PathPattern/captures(_:)``).
    var captures: [String: String]

    init(callerID: String? = nil, requestID: String = "", captures: [String: String] = [:]) {
        self.callerID = callerID
        self.requestID = requestID
        self.captures = captures
    }
}

extension TextTemplate {
    /// Reads the text at a key, and says there what is wrong with it.
    ///
    /// - Parameter captures: the names that there are in the path of the route.
    static func read(
        _ text: String, at key: String, of name: String, captures: [String], _ fields: inout YAMLFields
    ) -> TextTemplate? {
        guard let template = TextTemplate(text) else {
            fields.problem(at: key, value: text, "has a place in \(name) that is none", allowed: Self.allowed)
            return nil
        }
        for wanted in template.captures where !captures.contains(wanted) {
            fields.problem(
                at: key, value: text, "has ${path.\(wanted)} in \(name), which the path of the route does not have",
                allowed: captures.isEmpty ? "a {name} in match.path" : captures.joined(separator: ", "))
            return nil
        }
        return template
    }
}
