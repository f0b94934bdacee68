internal import FlotillaProxy

/// Which names of fields a configuration may use, and how.
enum FieldName {
    /// What belongs to a connection or to the frame of a message (RFC 9110 §7.6.1, RFC 9112 §6): the proxy's
    /// business, and a way to smuggle requests in anybody else's hands.
    private static let ofConnection: Set<String> = [
        "connection", "content-length", "date", "expect", "host", "http2-settings", "keep-alive", "proxy-connection",
        "te", "trailer", "transfer-encoding", "upgrade",
    ]

    /// Whether it is a token (RFC 9110 §5.6.2).
    static func isToken(_ text: some StringProtocol) -> Bool {
        Array(text.utf8).withUnsafeBytes { WireSyntax.isToken($0) }
    }

    /// Why a field of that name may not be set, added or removed; nil: it may.
    static func problem(_ name: String) -> String? {
        guard isToken(name) else { return "is not the name of a field" }
        return ofConnection.contains(name.lowercased()) ? "belongs to the connection" : nil
    }

    static let allowed = "the name of a field that is passed on, such as X-Team"

    /// Whether the text may stand in a field as it is: no control characters, no blanks at its ends.
    static func isValue(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBytes { WireSyntax.isFieldValue($0) }
    }
}
