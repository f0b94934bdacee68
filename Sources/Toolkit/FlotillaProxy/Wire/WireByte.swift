/// Classes of bytes, as sets of bits: no table in memory, nothing initialised at run time.
enum WireByte {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let comma: UInt8 = 0x2C
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B

    /// `tchar` of RFC 9110 §5.6.2.
    @inline(__always) static func isToken(_ byte: UInt8) -> Bool {
        // 0x00–0x3F: ! # $ % & ' * + - . 0–9; 0x40–0x7F: A–Z ^ _ ` a–z | ~
        has(byte, 0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE)
    }

    /// What a path may hold (RFC 3986 §3.3): pchar and `/`, with `%` looked at by the caller.
    @inline(__always) static func isPath(_ byte: UInt8) -> Bool {
        // ! $ % & ' ( ) * + , - . / 0–9 : ; = and @ A–Z _ a–z ~
        has(byte, 0x2FFF_FFF2_0000_0000, 0x47FF_FFFE_87FF_FFFF)
    }

    /// What a query may hold: RFC 3986 §3.4, and what browsers leave as it is: `[ ] ^ { | }` and the grave accent.
    @inline(__always) static func isQuery(_ byte: UInt8) -> Bool {
        has(byte, 0xAFFF_FFF2_0000_0000, 0x7FFF_FFFF_EFFF_FFFF)
    }

    /// What a host's name or address outside brackets may hold here: letters, digits, `-`, `.`, `_`, `~`.
    /// Narrower than `reg-name` (RFC 3986 §3.2.2): commas, quotes and `%` in a host serve attacks only.
    @inline(__always) static func isHostName(_ byte: UInt8) -> Bool {
        has(byte, 0x03FF_6000_0000_0000, 0x47FF_FFFE_87FF_FFFE)
    }

    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always) static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// What a field's value may hold (RFC 9110 §5.5): visible characters, spaces, tabs, and bytes above 0x7F.
    @inline(__always) static func isFieldText(_ byte: UInt8) -> Bool { byte >= 0x20 ? byte != 0x7F : byte == tab }

    /// The value of a hexadecimal digit; nil for other bytes.
    @inline(__always) static func hexadecimal(_ byte: UInt8) -> Int? {
        if isDigit(byte) { return Int(byte &- 0x30) }
        let letter = byte | 0x20
        return letter &- 0x61 < 6 ? Int(letter &- 0x61 &+ 10) : nil
    }

    /// The digit for 0 to 15, as RFC 3986 §2.1 wants it.
    static func upperDigit(_ value: UInt8) -> UInt8 { value < 10 ? value + 0x30 : value - 10 + 0x41 }

    @inline(__always) static func lowercase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    @inline(__always) private static func has(_ byte: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
        let bits = byte & 0x40 == 0 ? low : high
        return byte < 0x80 && (bits &>> UInt64(byte & 0x3F)) & 1 != 0
    }
}
