/// What the fields of a head say about the body's length, gathered while they are read (RFC 9112 §6).
///
/// Stricter than the RFC where it leaves a choice: any second Content-Length is refused, even an equal one, and so is
/// a list in one field; no reader of ours or of an upstream's has then to choose.
struct MessageLength {
    private(set) var length: Int?
    private(set) var isChunked = false

    mutating func clear() {
        length = nil
        isChunked = false
    }

    /// Takes in a Content-Length: one to nineteen digits, nothing else (RFC 9110 §8.6).
    mutating func addLength(_ bytes: WireBytes, _ value: WireRange) throws(WireRefusal) {
        guard length == nil else { throw .lengthRepeated }
        guard !value.isEmpty, value.count <= 19 else { throw .lengthInvalid }
        var number = 0
        for place in value.start..<value.end {
            let byte = bytes[place]
            guard WireByte.isDigit(byte) else { throw .lengthInvalid }
            let (tens, over) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(byte &- 0x30))
            guard !over, !carry else { throw .lengthInvalid }
            number = sum
        }
        length = number
    }

    /// Takes in a Transfer-Encoding: exactly `chunked` (RFC 9112 §6.1, §7).
    mutating func addCoding(_ bytes: WireBytes, _ value: WireRange) throws(WireRefusal) {
        guard !isChunked else { throw .codingRepeated }
        if bytes.says("chunked", value.start, value.end) {
            isChunked = true
            return
        }
        // It will be refused; what is left is to say why.
        var list = WireList(bytes, value)
        var chunked = 0
        var isLast = false
        while let element = list.next() {
            guard list.isToken(element) else { throw .codingInvalid }
            isLast = bytes.says("chunked", element.start, element.end)
            if isLast { chunked += 1 }
        }
        if chunked > 1 { throw .codingRepeated }
        if !isLast { throw .codingNotChunked }
        // `chunked` alone, but with empty elements around it, is an attempt to be read differently.
        let isAlone = bytes.first(WireByte.comma, from: value.start, to: value.end) != nil
        throw isAlone && elements(bytes, value) == 1 ? .codingInvalid : .codingUnsupported
    }

    private func elements(_ bytes: WireBytes, _ value: WireRange) -> Int {
        var list = WireList(bytes, value)
        var count = 0
        while list.next() != nil { count += 1 }
        return count
    }
}
