internal import FlotillaConfiguration

/// Which path the upstream is asked for instead of the one that was sent.
enum PathRewrite: Sendable, Hashable {
    /// `/users/{id}`, of what stands in the path of the route.
    case template([Piece])
    /// Without `/api/v1` at the beginning; as it is when it does not begin so.
    case strip(prefix: [UInt8])

    enum Piece: Sendable, Hashable {
        case literal([UInt8])
        /// What was captured by that name, as it was sent.
        case capture(String)
    }

    /// The new path, percent-encoded.
    ///
    /// - Parameters:
    ///   - path: in the one form that rules may compare, without the query.
    ///   - captures: by name, as they were sent.
    /// - Returns: nil when it would not be the path that its template means: a name that leads elsewhere (`..`).
    func path(_ path: [UInt8], captures: [String: String]) -> [UInt8]? {
        switch self {
        case .strip(let prefix):
            guard path.starts(with: prefix) else { return path }
            let rest = path[prefix.count...]
            if rest.isEmpty { return [UInt8(ascii: "/")] }
            return rest.first == UInt8(ascii: "/") ? Array(rest) : path
        case .template(let pieces):
            var result: [UInt8] = []
            for piece in pieces {
                switch piece {
                case .literal(let bytes): result += bytes
                case .capture(let name):
                    guard let text = captures[name], Self.isHarmless(text.utf8) else { return nil }
                    result += text.utf8
                }
            }
            return result
        }
    }

    /// Whether the text stays the segments it was: no end of the path, no line's end, no `.` or `..`, however written.
    private static func isHarmless(_ text: some Collection<UInt8>) -> Bool {
        for segment in text.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            var (dots, others, place) = (0, 0, segment.startIndex)
            while place < segment.endIndex {
                let byte = segment[place]
                guard byte > 0x20, byte != 0x7F, byte != UInt8(ascii: "?"), byte != UInt8(ascii: "#"),
                    byte != UInt8(ascii: "\\")
                else { return false }
                let rest = segment[place...].prefix(3)
                if byte == UInt8(ascii: ".") {
                    dots += 1
                } else if rest.elementsEqual("%2E".utf8) || rest.elementsEqual("%2e".utf8) {
                    dots += 1
                    place = segment.index(place, offsetBy: 2)
                } else {
                    others += 1
                }
                place = segment.index(after: place)
            }
            if others == 0, dots == 1 || dots == 2 { return false }
        }
        return true
    }
}

extension PathRewrite {
    /// A template such as `/users/{id}`; nil when it is no path.
    init?(_ text: String) {
        guard let pieces = Self.pieces(text) else { return nil }
        self = .template(pieces)
    }

    /// Names of captures it needs, in their order.
    var captures: [String] {
        guard case .template(let pieces) = self else { return [] }
        return pieces.compactMap { if case .capture(let name) = $0 { name } else { nil } }
    }

    /// Reads the keys `rewrite` and `stripPrefix`; nil when neither is there.
    ///
    /// - Parameter captures: the names that there are in the path of the route.
    static func read(from fields: inout YAMLFields, captures: [String]) -> PathRewrite? {
        let rewrite = fields.optionalText(
            "rewrite", bytes: 1...1_000, "The path that the upstream is asked for, with the {name}s of match.path.")
        let prefix = fields.optionalText(
            "stripPrefix", bytes: 1...500, "The beginning of the path that the upstream does not get to see.")
        if rewrite != nil, prefix != nil {
            fields.problem(at: "stripPrefix", "stands beside rewrite", allowed: "one of the two")
        }
        if let prefix {
            guard prefix.hasPrefix("/"), !prefix.hasSuffix("/"), isPath(prefix) else {
                fields.problem(at: "stripPrefix", value: prefix, "is no such path", allowed: "/api/v1")
                return nil
            }
            return .strip(prefix: Array(prefix.utf8))
        }
        guard let rewrite else { return nil }
        guard let template = PathRewrite(rewrite) else {
            fields.problem(
                at: "rewrite", value: rewrite, "is no such path",
                allowed: "/ and segments, with {name} for what is kept")
            return nil
        }
        for name in template.captures where !captures.contains(name) {
            fields.problem(
                at: "rewrite", value: rewrite, "has {\(name)}, which match.path does not have",
                allowed: captures.isEmpty ? "a {name} in match.path" : captures.joined(separator: ", "))
        }
        return template
    }

    private static func pieces(_ text: String) -> [Piece]? {
        guard text.hasPrefix("/") else { return nil }
        var pieces: [Piece] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            let open = rest.firstIndex(of: "{") ?? rest.endIndex
            let literal = String(rest[..<open])
            guard isPath(literal) else { return nil }
            if !literal.isEmpty { pieces.append(.literal(Array(literal.utf8))) }
            rest = rest[open...]
            guard !rest.isEmpty else { break }
            guard let close = rest.firstIndex(of: "}") else { return nil }
            var name = rest[rest.index(after: open)..<close]
            if name.hasSuffix("...") { name = name.dropLast(3) }
            guard !name.isEmpty else { return nil }
            pieces.append(.capture(String(name)))
            rest = rest[rest.index(after: close)...]
        }
        return pieces
    }

    private static func isPath(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"?#\\{}".utf8.contains($0) }
    }
}
