/// The method of a request, told apart once. Methods are case-sensitive (RFC 9110 §9.1).
public enum RequestMethod: UInt8, Sendable, Hashable, CaseIterable {
    case get, head, post, put, delete, options, patch, trace, connect
    /// Any other token.
    case other

    /// Whether repeating a request has the effect of sending it once (RFC 9110 §9.2.2); false for unknown methods.
    public var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options, .trace: true
        case .post, .patch, .connect, .other: false
        }
    }

    /// Whether it only reads (RFC 9110 §9.2.1).
    public var isSafe: Bool {
        switch self {
        case .get, .head, .options, .trace: true
        default: false
        }
    }

    /// The method's name; empty for ``other``.
    public var name: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .patch: "PATCH"
        case .trace: "TRACE"
        case .connect: "CONNECT"
        case .other: ""
        }
    }

    static func named(_ bytes: WireBytes, _ start: Int, _ end: Int) -> RequestMethod {
        let candidate: RequestMethod
        switch (end - start, bytes[start]) {
        case (3, UInt8(ascii: "G")): candidate = .get
        case (3, _): candidate = .put
        case (4, UInt8(ascii: "P")): candidate = .post
        case (4, _): candidate = .head
        case (5, UInt8(ascii: "P")): candidate = .patch
        case (5, _): candidate = .trace
        case (6, _): candidate = .delete
        case (7, UInt8(ascii: "O")): candidate = .options
        case (7, _): candidate = .connect
        default: return .other
        }
        let name = candidate.name
        for place in 0..<name.utf8CodeUnitCount where bytes[start + place] != name.utf8Start[place] { return .other }
        return candidate
    }
}
