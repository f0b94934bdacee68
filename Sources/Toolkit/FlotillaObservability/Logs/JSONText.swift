/// Writes JSON without Foundation: objects, arrays, strings, numbers. Commas are its own concern.
struct JSONText {
    var bytes: [UInt8] = []
    private var needsComma = false

    init(bytes: [UInt8] = []) { self.bytes = bytes }

    mutating func open(_ bracket: Unicode.Scalar = "{") {
        separate()
        bytes.append(UInt8(bracket.value))
        needsComma = false
    }

    mutating func close(_ bracket: Unicode.Scalar = "}") {
        bytes.append(UInt8(bracket.value))
        needsComma = true
    }

    mutating func key(_ name: String) {
        string(name)
        bytes.append(58)
        needsComma = false
    }

    mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    mutating func member(_ name: String, _ value: Int) {
        key(name)
        raw(String(value))
    }

    mutating func member(_ name: String, _ value: Bool) {
        key(name)
        raw(value ? "true" : "false")
    }

    /// A number that is not finite becomes null, which is all JSON has for it.
    mutating func member(_ name: String, _ value: Double) {
        key(name)
        raw(value.isFinite ? "\(value)" : "null")
    }

    /// A quoted and escaped string (RFC 8259, section 7).
    mutating func string(_ text: String) {
        separate()
        bytes.append(34)
        var text = text
        text.withUTF8 { utf8 in
            var clean = 0
            for index in utf8.indices {
                let byte = utf8[index]
                guard byte < 32 || byte == 34 || byte == 92 || byte == 127 else { continue }
                bytes.append(contentsOf: utf8[clean..<index])
                clean = index + 1
                escape(byte)
            }
            bytes.append(contentsOf: utf8[clean...])
        }
        bytes.append(34)
        needsComma = true
    }

    private mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(44) }
        needsComma = false
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(92)
        switch byte {
        case 34, 92: bytes.append(byte)
        case 10: bytes.append(110)
        case 13: bytes.append(114)
        case 9: bytes.append(116)
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(hexDigit(byte >> 4))
            bytes.append(hexDigit(byte & 15))
        }
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }
