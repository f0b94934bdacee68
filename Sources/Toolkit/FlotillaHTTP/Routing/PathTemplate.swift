/// A path with placeholders: `/orders/{id}/events`.
///
/// Each placeholder is one whole, non-empty segment. The last one may be `{name...}`: it takes the
/// rest of the path, slashes included, and may be empty.
public struct PathTemplate: Sendable, Hashable, CustomStringConvertible {
    enum Segment: Sendable, Hashable {
        case literal(String)
        case placeholder(String)
        case rest(String)
    }

    let segments: [Segment]
    /// The template as it was written.
    public let description: String

    /// - Parameter text: it must begin with `/`, and no placeholder may occur twice.
    public init(_ text: String) {
        precondition(text.hasPrefix("/"), "the path template \(text) must begin with /")
        description = text
        var segments: [Segment] = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            if part.hasPrefix("{"), part.hasSuffix("...}") {
                segments.append(.rest(String(part.dropFirst().dropLast(4))))
            } else if part.hasPrefix("{"), part.hasSuffix("}") {
                segments.append(.placeholder(String(part.dropFirst().dropLast())))
            } else {
                segments.append(.literal(String(part)))
            }
        }
        self.segments = segments
        let isRestLast = segments.dropLast().allSatisfy { if case .rest = $0 { false } else { true } }
        precondition(isRestLast, "{name...} must be the last segment of \(text)")
        precondition(Set(placeholders).count == placeholders.count, "a placeholder occurs twice in \(text)")
    }

    /// The names of the placeholders, in their order.
    public var placeholders: [String] {
        segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .placeholder(let name), .rest(let name): name
            }
        }
    }

    /// The segments of a path as it was sent: what stands between the slashes, still encoded.
    static func split(_ path: String) -> [Substring.UTF8View] {
        var utf8 = path[...].utf8
        if utf8.first == UInt8(ascii: "/") { utf8 = utf8.dropFirst() }
        return utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    }
}
