/// Base 64 without padding, strict: one text for each value (RFC 4648, sections 4 and 5).
///
/// Tokens and keys are compared and cached by their text, so a decoder that forgives stray bits
/// or padding would let one token have many texts.
enum Base64 {
    enum Alphabet: Sendable {
        /// `+` and `/`, as in password hashes and key files.
        case standard
        /// `-` and `_`, as in JSON Web Tokens.
        case url

        var digits: [UInt8] { self == .standard ? standardDigits : urlDigits }
        var values: [UInt8] { self == .standard ? standardValues : urlValues }
    }

    static func encode(_ bytes: some Collection<UInt8>, _ alphabet: Alphabet = .url) -> String {
        let digits = alphabet.digits
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var bits: UInt32 = 0
        var bitCount: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text.append(digits[Int(bits >> bitCount & 63)])
            }
        }
        if bitCount > 0 { text.append(digits[Int(bits << (6 - bitCount) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: nil when there is any other character, a length no value has, or a bit set that stands for nothing.
    static func decode(_ text: some Collection<UInt8>, _ alphabet: Alphabet = .url) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        let values = alphabet.values
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var bits: UInt32 = 0
        var bitCount: UInt32 = 0
        for character in text {
            let value = values[Int(character)]
            guard value != invalid else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0xFFFF
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
            }
        }
        guard bits & ((1 << bitCount) - 1) == 0 else { return nil }
        return bytes
    }
}

private let invalid: UInt8 = 255
private let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
private let standardDigits = Array((letters + "+/").utf8)
private let urlDigits = Array((letters + "-_").utf8)
private let standardValues = valueTable(standardDigits)
private let urlValues = valueTable(urlDigits)

private func valueTable(_ digits: [UInt8]) -> [UInt8] {
    var table = [UInt8](repeating: invalid, count: 256)
    for (value, digit) in digits.enumerated() { table[Int(digit)] = UInt8(value) }
    return table
}
