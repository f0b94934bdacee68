/// Reads one field line (RFC 9112 §5), of requests, answers and trailers alike.
enum FieldLine {
    /// The field that `line` (not empty, without CR LF) holds.
    static func parse(_ bytes: WireBytes, _ line: Range<Int>) throws(WireRefusal) -> WireField {
        let start = line.lowerBound
        let end = line.upperBound
        if WireByte.isBlank(bytes[start]) { throw .fieldFolded }
        var colon = start
        var underscores = false
        while colon < end {
            let byte = bytes[colon]
            guard WireByte.isToken(byte) else { break }
            if byte == 0x5F { underscores = true }
            colon &+= 1
        }
        guard colon < end, colon > start, bytes[colon] == WireByte.colon else {
            throw nameRefusal(bytes, at: colon, end)
        }
        let value = bytes.trimmed(colon + 1, end)
        try check(bytes, value.start, value.end)
        if underscores { try checkDisguise(bytes, start, colon) }
        return WireField(
            name: WireRange(start, colon), value: WireRange(value.start, value.end),
            known: KnownField.named(bytes, start, colon),
            isPlain: value.start == colon &+ 2 && bytes[colon &+ 1] == WireByte.space && value.end == end)
    }

    /// Every byte of a value must be one that values may hold; eight are looked at together.
    private static func check(_ bytes: WireBytes, _ start: Int, _ end: Int) throws(WireRefusal) {
        var place = start
        while place &+ 8 <= end {
            let word = bytes.word(at: place)
            // The high bit of each byte that is below 0x20 (and not above 0x7F), or 0x7F; exact when none is found.
            let low = (word &- 0x2020_2020_2020_2020) & ~word
            let other = word ^ 0x7F7F_7F7F_7F7F_7F7F
            let delete = (other &- 0x0101_0101_0101_0101) & ~other
            if (low | delete) & 0x8080_8080_8080_8080 == 0 {
                place &+= 8
                continue
            }
            let last = place &+ 8
            while place < last {
                try check(bytes[place])
                place &+= 1
            }
        }
        while place < end {
            try check(bytes[place])
            place &+= 1
        }
    }

    @inline(__always)
    private static func check(_ byte: UInt8) throws(WireRefusal) {
        guard WireByte.isFieldText(byte) else {
            throw byte == WireByte.carriageReturn ? .lineEnding : .controlCharacter
        }
    }

    private static func nameRefusal(_ bytes: WireBytes, at place: Int, _ end: Int) -> WireRefusal {
        guard place < end else { return .fieldName }
        switch bytes[place] {
        case WireByte.space, WireByte.tab: return .fieldSpace
        case WireByte.carriageReturn: return .lineEnding
        case 0..<0x20, 0x7F: return .controlCharacter
        default: return .fieldName
        }
    }

    /// `Content_Length` and its like: some upstreams turn `_` into `-`, or both into `_`, and would then see a field
    /// that this parser did not.
    private static func checkDisguise(_ bytes: WireBytes, _ start: Int, _ end: Int) throws(WireRefusal) {
        for known in disguisable where isDisguise(bytes, start, end, of: known.name) { throw .fieldDisguised }
    }

    private static var disguisable: [KnownField] {
        [.contentLength, .transferEncoding, .xForwardedFor, .xForwardedHost, .xForwardedProto, .xRealIP, .xRequestID]
    }

    private static func isDisguise(_ bytes: WireBytes, _ start: Int, _ end: Int, of name: StaticString) -> Bool {
        guard end - start == name.utf8CodeUnitCount else { return false }
        for place in 0..<(end - start) {
            let byte = bytes[start + place]
            let plain = byte == 0x5F ? UInt8(ascii: "-") : WireByte.lowercase(byte)
            guard plain == name.utf8Start[place] else { return false }
        }
        return true
    }
}
