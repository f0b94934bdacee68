internal import FlotillaHTTP

/// Path and query of a call, with references in braces: `/api/v1/payments?orderId={id}`.
///
/// A value can only ever be a piece of one segment of the path or of the query: it is percent-encoded, and one that
/// would make a segment empty, `.` or `..` is refused, since that would be another path.
struct TargetTemplate: Sendable, Hashable {
    enum Piece: Sendable, Hashable {
        case literal(String)
        case reference(ValueReference, text: String)
    }

    /// What stands between the slashes.
    let segments: [[Piece]]
    /// What stands behind the `?`; empty when there is nothing.
    let query: [Piece]

    /// Longest value of a reference that is put into a target, in bytes.
    static let valueBytesMax = 1_024

    /// - Parameter text: it begins with `/`.
    /// - Throws: ``ReferenceError``.
    init(_ text: some StringProtocol, among names: ValueReference.Names) throws(ReferenceError) {
        guard text.hasPrefix("/") else { throw ReferenceError(reason: "has no path behind the upstream") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw ReferenceError(reason: "has a character that must be percent-encoded")
        }
        let text = String(text)
        let path = text.prefix { $0 != "?" }
        query = try Self.pieces(text.dropFirst(path.count + 1), names)
        var segments: [[Piece]] = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard segment != ".", segment != ".." else { throw ReferenceError(reason: "has a segment . or ..") }
            segments.append(try Self.pieces(segment, names))
        }
        self.segments = segments
    }

    private static func pieces(
        _ text: Substring, _ names: ValueReference.Names
    ) throws(ReferenceError) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text
        while !rest.isEmpty {
            let literal = rest.prefix { $0 != "{" && $0 != "}" }
            if !literal.isEmpty { pieces.append(.literal(String(literal))) }
            rest = rest.dropFirst(literal.count)
            guard rest.first == "{" else {
                if rest.isEmpty { break }
                throw ReferenceError(reason: "has a } without its {")
            }
            guard let end = rest.firstIndex(of: "}") else { throw ReferenceError(reason: "has a { without its }") }
            let name = rest[rest.startIndex..<end].dropFirst()
            pieces.append(.reference(try ValueReference(name, among: names), text: String(name)))
            rest = rest[end...].dropFirst()
        }
        return pieces
    }

    /// The references in it, in their order.
    var references: [ValueReference] {
        (segments.joined() + query).compactMap { piece in
            if case .reference(let reference, _) = piece { reference } else { nil }
        }
    }

    /// Path and query with all values in them.
    ///
    /// - Parameter value: what a reference stands for.
    /// - Throws: what `value` throws, or ``UnfitValue``.
    func filled(
        _ value: (ValueReference, String) throws -> String
    ) throws -> (path: String, query: String) {
        var path = ""
        for segment in segments {
            let text = try Self.filled(segment, value)
            if segment.contains(where: \.isReference), text.isEmpty || text == "." || text == ".." {
                throw UnfitValue(reference: segment.compactMap(\.name).joined(separator: ", "))
            }
            path += "/" + text
        }
        return (path, try Self.filled(query, value))
    }

    private static func filled(
        _ pieces: [Piece], _ value: (ValueReference, String) throws -> String
    ) throws -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal
            case .reference(let reference, let name):
                let value = try value(reference, name)
                guard value.utf8.count <= valueBytesMax else { throw UnfitValue(reference: name) }
                text += PercentEncoding.encode(value)
            }
        }
        return text
    }
}

extension TargetTemplate.Piece {
    fileprivate var isReference: Bool { name != nil }

    fileprivate var name: String? {
        if case .reference(_, let text) = self { text } else { nil }
    }
}

/// A reference has a value that cannot stand where it is to stand.
struct UnfitValue: Error {
    var reference: String
}
