/// An e-mail address in the one form in which it is compared and stored.
///
/// Lower case throughout: in theory the part before the `@` may distinguish case, in practice no provider does, and
/// two accounts that differ in case only would be a trap for their owners.
struct EmailAddress: Sendable, Hashable {
    let text: String

    /// - Returns: nil when it cannot be an address at all; what exactly may stand in one is checked where it comes in.
    init?(_ raw: String) {
        var rest = Substring(raw)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        let text = rest.lowercased()
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
            !text.contains(where: \.isWhitespace)
        else { return nil }
        self.text = text
    }
}

extension EmailAddress {
    /// An address that is known to be one, in normal form: for examples.
    init(known text: String) { self.text = text }
}
