/// Base 64 (RFC 4648): written with the standard alphabet and padding, read with either alphabet, with or without.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: some RandomAccessCollection<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let rest = bytes.distance(from: index, to: bytes.endIndex)
            var group = UInt32(bytes[index]) << 16
            if rest > 1 { group |= UInt32(bytes[bytes.index(index, offsetBy: 1)]) << 8 }
            if rest > 2 { group |= UInt32(bytes[bytes.index(index, offsetBy: 2)]) }
            text.append(digits[Int(group >> 18)])
            text.append(digits[Int(group >> 12 & 63)])
            text.append(rest > 1 ? digits[Int(group >> 6 & 63)] : UInt8(ascii: "="))
            text.append(rest > 2 ? digits[Int(group & 63)] : UInt8(ascii: "="))
            index = bytes.index(index, offsetBy: min(3, rest))
        }
        return text
    }

    /// - Returns: nil when it is something else; bits that stand for no byte must be 0.
    static func decode(_ text: String) -> [UInt8]? {
        var digits = text.utf8[...]
        while digits.last == UInt8(ascii: "="), text.utf8.count - digits.count < 2 { digits = digits.dropLast() }
        // Padding is optional, but when it is there it fills a group.
        let padding = text.utf8.count - digits.count
        guard padding == 0 || text.utf8.count % 4 == 0, digits.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count * 3 / 4)
        var group: UInt32 = 0
        var bits = 0
        for digit in digits {
            guard let value = value(digit) else { return nil }
            group = group << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
            }
        }
        return group & (1 << UInt32(bits) - 1) == 0 ? bytes : nil
    }

    private static func value(_ digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit) + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
