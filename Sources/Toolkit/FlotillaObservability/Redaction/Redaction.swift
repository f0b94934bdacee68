/// Takes out of texts what must not be written down: card numbers, tokens, passwords.
///
/// The last line of defence: code does not log such things in the first place (``Secret``), but
/// error texts of libraries and of customers' input find their way. It errs on the safe side: a
/// number that could be a card number goes, whatever it was.
public enum Redaction {
    /// Stands where a card number stood.
    public static let cardMark = "[card]"
    /// Stands where any other secret stood.
    public static let mark = "[redacted]"

    /// `text` without card numbers (13 to 19 digits, single or double spaces and dashes between them allowed,
    /// that pass the Luhn check, ISO/IEC 7812-1), without bearer and basic credentials (RFC 6750, RFC 7617),
    /// JSON web tokens (RFC 7519), and values that follow a name such as `password=` or `"cvc":`.
    ///
    /// - Parameter bytesMax: a longer result is cut, at a whole character, and ends in `…`.
    public static func text(_ text: String, bytesMax: Int = 65_536) -> String {
        var text = text
        let (bytes, signs, isCut) = text.withUTF8 { utf8 -> ([UInt8]?, Signs, Bool) in
            // Cut long after the bound, so that what redaction makes shorter does not let a half secret in.
            let isCut = utf8.count > bytesMax * 4
            let kept = isCut ? withoutOpenEnd(utf8.prefix(bytesMax * 4)) : utf8[...]
            let signs = Signs(of: kept)
            guard signs.isSuspicious || utf8.count > bytesMax else { return (nil, signs, false) }
            return (Array(kept), signs, isCut)
        }
        guard var bytes else { return text }
        if signs.hasToken { bytes = CredentialScan.withoutTokens(bytes) }
        if signs.hasAssignment { bytes = AssignmentScan.withoutSecrets(bytes) }
        if signs.hasDigits { bytes = CardScan.withoutCards(bytes) }
        return bounded(bytes, bytesMax: bytesMax, isCut: isCut)
    }

    /// `value`, or ``mark`` when `key` names a secret.
    public static func value(_ value: String, key: String, bytesMax: Int = 65_536) -> String {
        SensitiveNames.isSensitive(key: key) ? mark : text(value, bytesMax: bytesMax)
    }

    /// Whether a value under this name must not be written down: `password`, `card.number`, `paymentToken`.
    public static func isSensitive(key: String) -> Bool { SensitiveNames.isSensitive(key: key) }

    /// The tail of a text cut in the middle might be half a card number or half a token: it goes too.
    private static func withoutOpenEnd(
        _ bytes: Slice<UnsafeBufferPointer<UInt8>>
    ) -> Slice<UnsafeBufferPointer<UInt8>> {
        var rest = bytes
        while let last = rest.last, isTokenByte(last) { rest = rest.dropLast() }
        while let last = rest.last, (48...57).contains(last) || last == 32 || last == 45 { rest = rest.dropLast() }
        return rest
    }

    private static func bounded(_ bytes: [UInt8], bytesMax: Int, isCut: Bool) -> String {
        guard bytes.count > bytesMax else { return String(decoding: bytes, as: UTF8.self) + (isCut ? "…" : "") }
        var end = max(0, bytesMax - 3)
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: bytes[..<end], as: UTF8.self) + "…"
    }
}

/// What one pass over a text finds out: whether the slow passes are needed at all.
private struct Signs {
    var hasDigits = false
    var hasAssignment = false
    var hasToken = false
    var isSuspicious: Bool { hasDigits || hasAssignment || hasToken }

    init(of bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        var digits = 0
        var previous: UInt8 = 0
        for byte in bytes {
            switch byte {
            case 48...57:
                digits += 1
                if digits == CardScan.digitsMin { hasDigits = true }
            case 32, 45: break
            default:
                digits = 0
                // `=` and `:` assign; `ey`, `ew` begin a JSON web token; `be`, `ba` begin Bearer and Basic.
                if byte == 61 || byte == 58 { hasAssignment = true }
                let lower = byte | 0x20
                if previous == 101, lower == 121 || lower == 119 { hasToken = true }
                if previous == 98, lower == 101 || lower == 97 { hasToken = true }
            }
            previous = byte | 0x20
        }
    }
}

/// Letters, digits and what else tokens are made of: `- . _ ~ + / =`.
func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 45, 46, 95, 126, 43, 47, 61: true
    default: false
    }
}
