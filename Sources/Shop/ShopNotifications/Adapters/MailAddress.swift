/// A mailbox, in the plain form everybody uses (RFC 5322 `addr-spec` without quoting and comments).
struct MailAddress: Sendable, Hashable {
    /// RFC 5321, section 4.5.3.1.3, without the brackets.
    static let bytesMax = 254

    let text: String

    /// - Returns: nil for anything a header must not carry as it is: no or several `@`, spaces,
    ///   control characters, anything but ASCII, or one of the characters with a meaning of their own.
    init?(_ text: String) {
        let bytes = text.utf8
        guard (3...Self.bytesMax).contains(bytes.count), bytes.allSatisfy(Self.isAllowed) else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.text = text
    }

    /// What stands after the `@`.
    var domain: Substring { text.split(separator: "@")[1] }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"()<>[]:;,\\\"".utf8.contains(byte)
    }
}
