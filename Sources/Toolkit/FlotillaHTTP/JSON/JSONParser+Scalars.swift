extension JSONParser {
    /// Longest number taken, in bytes; more digits than this say nothing a `Double` could hold.
    private static var numberBytesMax: Int { 128 }

    mutating func number() throws(JSONError) -> JSONValue {
        let start = index
        var isWhole = true
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let firstDigit = index
        guard skipDigits() > 0 else { throw error("a digit is expected") }
        if bytes[firstDigit] == UInt8(ascii: "0"), index - firstDigit > 1 {
            throw JSONError(offset: firstDigit, reason: "a number must not begin with 0")
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            isWhole = false
            index += 1
            guard skipDigits() > 0 else { throw error("a digit is expected after the decimal point") }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard skipDigits() > 0 else { throw error("a digit is expected in the exponent") }
        }
        guard index - start <= Self.numberBytesMax else {
            throw JSONError(offset: start, reason: "the number has more than \(Self.numberBytesMax) characters")
        }
        if isWhole, let value = exactInteger(start..<index) { return .integer(value) }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw JSONError(offset: start, reason: "the number is out of range")
        }
        return .number(value)
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
        return index - start
    }

    /// Nil when it does not fit; counted downwards, since −2⁶³ has no positive counterpart.
    private func exactInteger(_ range: Range<Int>) -> Int64? {
        let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
        var value: Int64 = 0
        for position in (isNegative ? range.dropFirst() : range) {
            let (product, tooBig) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.subtractingReportingOverflow(Int64(bytes[position] - 0x30))
            if tooBig || overflow { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// Reads a string, its opening quote being next.
    mutating func string() throws(JSONError) -> String {
        index += 1
        let start = index
        var isASCII = true
        // Most strings have no escapes: they are taken from the text in one piece.
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                let text = try checked(bytes[start..<index], isASCII: isASCII, from: start)
                index += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            if byte < 0x20 { throw error("a control character in a string must be escaped") }
            if byte >= 0x80 { isASCII = false }
            index += 1
        }
        throw error("the string is not closed")
    }

    private func checked(
        _ piece: some Collection<UInt8>, isASCII: Bool, from start: Int
    ) throws(JSONError) -> String {
        if isASCII { return String(decoding: piece, as: UTF8.self) }
        guard let text = String(validating: piece, as: UTF8.self) else {
            throw JSONError(offset: start, reason: "the string is not valid UTF-8")
        }
        return text
    }

    /// Goes on with a string in which an escape was met.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var buffer = Array(bytes[start..<index])
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                let text = try checked(buffer, isASCII: false, from: start)
                index += 1
                return text
            case UInt8(ascii: "\\"): try escape(into: &buffer)
            case 0..<0x20: throw error("a control character in a string must be escaped")
            default:
                buffer.append(byte)
                index += 1
            }
        }
        throw error("the string is not closed")
    }

    private mutating func escape(into buffer: inout [UInt8]) throws(JSONError) {
        index += 1
        guard index < bytes.count else { throw error("the string is not closed") }
        switch bytes[index] {
        case UInt8(ascii: "\""): buffer.append(0x22)
        case UInt8(ascii: "\\"): buffer.append(0x5C)
        case UInt8(ascii: "/"): buffer.append(0x2F)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            try unicodeEscape(into: &buffer)
            return
        default: throw error("there is no such escape")
        }
        index += 1
    }

    private mutating func unicodeEscape(into buffer: inout [UInt8]) throws(JSONError) {
        let start = index - 1
        var code = try fourHexDigits()
        if (0xDC00...0xDFFF).contains(code) {
            throw JSONError(offset: start, reason: "a low surrogate stands alone")
        }
        if (0xD800...0xDBFF).contains(code) {
            guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            else { throw JSONError(offset: start, reason: "a high surrogate stands alone") }
            index += 1
            let low = try fourHexDigits()
            guard (0xDC00...0xDFFF).contains(low) else {
                throw JSONError(offset: start, reason: "a high surrogate stands alone")
            }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw JSONError(offset: start, reason: "there is no such character")
        }
        buffer.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    /// Reads a `u` and the four digits after it, the `u` being next.
    private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
        guard bytes.count - index >= 5 else { throw error("four hexadecimal digits are expected") }
        var value: UInt32 = 0
        for position in index + 1...index + 4 {
            let byte = bytes[position]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: throw error("four hexadecimal digits are expected")
            }
        }
        index += 5
        return value
    }
}
