/// What characters a text may have, said once for the check, the message and the schema.
public struct TextRule: Sendable {
    /// A regular expression (ECMA 262) for the schema; nil when none says exactly this.
    public var pattern: String?
    /// A `format` of JSON Schema, such as `email`.
    public var format: String?
    /// What the text must be, to follow "must ": `be digits only`.
    public var requirement: String
    /// A text that keeps the rule, for documentation.
    public var example: String
    /// The check itself; the length is checked apart from it.
    public var accepts: @Sendable (String) -> Bool

    public init(
        pattern: String? = nil, format: String? = nil, requirement: String, example: String,
        accepts: @escaping @Sendable (String) -> Bool
    ) {
        self.pattern = pattern
        self.format = format
        self.requirement = requirement
        self.example = example
        self.accepts = accepts
    }
}

extension TextRule {
    /// One line of any characters but control characters; the default.
    public static let text = TextRule(
        requirement: "be one line without control characters", example: "text"
    ) { text in text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) } }

    /// Like ``text``, and line breaks and tabs as well.
    public static let lines = TextRule(
        requirement: "have no control characters but line breaks and tabs", example: "text"
    ) { text in
        text.unicodeScalars.allSatisfy { scalar in
            (scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value))
                || scalar == "\n" || scalar == "\r" || scalar == "\t"
        }
    }

    /// Anything at all: for secrets, which must be taken as they are.
    public static let anything = TextRule(requirement: "be text", example: "anything") { _ in true }

    /// `0` to `9`.
    public static let digits = TextRule(
        pattern: "^[0-9]*$", requirement: "be digits only", example: "0123456789"
    ) { text in text.utf8.allSatisfy { (0x30...0x39).contains($0) } }

    /// `A` to `Z`: country codes (ISO 3166-1 alpha-2), currencies (ISO 4217).
    public static let capitals = TextRule(
        pattern: "^[A-Z]*$", requirement: "be capital letters only", example: "DEUTSCHLAND"
    ) { text in text.utf8.allSatisfy { (0x41...0x5A).contains($0) } }

    /// What an identifier is made of: `A–Z a–z 0–9 - _`.
    public static let identifier = TextRule(
        pattern: "^[A-Za-z0-9_-]*$", requirement: "be letters, digits, - and _ only", example: "spring-sale"
    ) { text in text.utf8.allSatisfy(isIdentifierByte) }

    /// Visible ASCII, `!` to `~`: tokens and keys.
    public static let visible = TextRule(
        pattern: "^[!-~]*$", requirement: "be visible ASCII characters only", example: "k3y.7f"
    ) { text in text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }

    /// A postal address of the Internet, in the form people use (RFC 5321 without quoted local parts).
    public static let email = TextRule(
        format: "email", requirement: "be an e-mail address like ada@shop.example",
        example: "ada@shop.example", accepts: isEmailAddress)
}

private func isIdentifierByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
    default: false
    }
}

@Sendable private func isEmailAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...64).contains(parts[0].utf8.count), (4...253).contains(parts[1].utf8.count) else {
        return false
    }
    let atoms = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let isLocal = atoms.allSatisfy { atom in !atom.isEmpty && atom.utf8.allSatisfy(isAtomByte) }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    let isDomain = labels.count >= 2 && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { isIdentifierByte($0) && $0 != 0x5F }
    }
    let isNumeric = labels.last?.utf8.allSatisfy { (0x30...0x39).contains($0) } ?? true
    return isLocal && isDomain && !isNumeric
}

private func isAtomByte(_ byte: UInt8) -> Bool {
    isIdentifierByte(byte) || "!#$%&'*+/=?^`{|}~".utf8.contains(byte)
}
