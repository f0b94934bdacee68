/// The syntax that parsers of heads enforce, for what comes by other ways: fields of HTTP/2, and the configuration.
///
/// HTTP/2 can carry in a name or value what would end a line here; whoever turns such a message into lines must refuse
/// it (RFC 9113 §8.2.1), not repair it.
public enum WireSyntax {
    /// Whether it is a token (RFC 9110 §5.6.2), as names of fields and methods are.
    public static func isToken(_ bytes: UnsafeRawBufferPointer) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { WireByte.isToken($0) }
    }

    /// Whether it may be a field's value (RFC 9110 §5.5): no control characters but tabs, no blanks at its ends.
    public static func isFieldValue(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return true }
        return !WireByte.isBlank(first) && !WireByte.isBlank(last) && bytes.allSatisfy { WireByte.isFieldText($0) }
    }

    /// Whether it is `host` or `host:port`, as a request's authority must be.
    public static func isAuthority(_ bytes: UnsafeRawBufferPointer) -> Bool {
        HostText.isValid(WireBytes(bytes), 0, bytes.count)
    }
}
