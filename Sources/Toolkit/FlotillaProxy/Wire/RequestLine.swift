/// Reads the first line of a request (RFC 9112 §3): `method SP target SP HTTP-version`, nothing more and nothing less.
enum RequestLine {
    static func parse(_ bytes: WireBytes, _ line: Range<Int>, into head: inout RequestHead) throws(WireRefusal) {
        let end = line.upperBound
        var place = line.lowerBound
        while place < end, WireByte.isToken(bytes[place]) { place &+= 1 }
        guard place < end, place > line.lowerBound else { throw .requestLine }
        guard bytes[place] == WireByte.space else { throw .methodInvalid }
        head.methodName = WireRange(line.lowerBound, place)
        head.method = RequestMethod.named(bytes, line.lowerBound, place)
        let start = place &+ 1
        guard let space = bytes.first(WireByte.space, from: start, to: end), space > start else { throw .requestLine }
        head.target = WireRange(start, space)
        head.version = try version(bytes, space + 1, end, head)
        try target(bytes, &head)
    }

    private static func version(
        _ bytes: WireBytes, _ start: Int, _ end: Int, _ head: borrowing RequestHead
    ) throws(WireRefusal) -> WireVersion {
        guard end - start == 8, bytes.isExactly("HTTP/", start), WireByte.isDigit(bytes[start + 5]),
            bytes[start + 6] == UInt8(ascii: "."), WireByte.isDigit(bytes[start + 7])
        else { throw .requestLine }
        switch (bytes[start + 5], bytes[start + 7]) {
        case (UInt8(ascii: "1"), UInt8(ascii: "1")): return .http11
        case (UInt8(ascii: "1"), UInt8(ascii: "0")): return .http10
        case (UInt8(ascii: "2"), UInt8(ascii: "0")):
            let isPreface = head.methodName.count == 3 && bytes.isExactly("PRI", head.methodName.start)
            throw isPreface ? .http2Preface : .versionUnsupported
        default: throw .versionUnsupported
        }
    }

    /// Which of the four forms the target has (RFC 9112 §3.2), and its parts.
    private static func target(_ bytes: WireBytes, _ head: inout RequestHead) throws(WireRefusal) {
        let start = head.target.start
        let end = head.target.end
        if head.method == .connect {
            guard HostText.isValid(bytes, start, end), HostText.hasPort(bytes, start, end) else { throw .targetForm }
            throw .connectUnsupported
        }
        switch bytes[start] {
        case UInt8(ascii: "/"): try pathAndQuery(bytes, start, end, &head)
        case UInt8(ascii: "*") where end - start == 1:
            guard head.method == .options else { throw .targetForm }
            head.isAsterisk = true
        default: try absolute(bytes, start, end, &head)
        }
    }

    private static func absolute(
        _ bytes: WireBytes, _ start: Int, _ end: Int, _ head: inout RequestHead
    ) throws(WireRefusal) {
        let scheme = bytes.begins("http://", start, end) ? 7 : bytes.begins("https://", start, end) ? 8 : 0
        guard scheme > 0 else { throw .targetForm }
        var place = start + scheme
        while place < end, bytes[place] != UInt8(ascii: "/"), bytes[place] != UInt8(ascii: "?") { place += 1 }
        guard HostText.isValid(bytes, start + scheme, place) else { throw .targetAuthority }
        head.isAbsolute = true
        head.authority = WireRange(start + scheme, place)
        if place == end {
            head.isAsterisk = head.method == .options
            return
        }
        try pathAndQuery(bytes, place, end, &head)
    }

    private static func pathAndQuery(
        _ bytes: WireBytes, _ start: Int, _ end: Int, _ head: inout RequestHead
    ) throws(WireRefusal) {
        var place = start
        var isPlain = true
        var previous: UInt8 = 0
        while place < end {
            let byte = bytes[place]
            if byte == UInt8(ascii: "?") { break }
            guard WireByte.isPath(byte) else { throw .targetInvalid }
            if byte == UInt8(ascii: "%") {
                try percent(bytes, place, end)
                isPlain = false
            }
            if previous == UInt8(ascii: "/"), byte == previous || byte == UInt8(ascii: ".") { isPlain = false }
            previous = byte
            place &+= 1
        }
        head.path = WireRange(start, place)
        head.isPathPlain = isPlain
        guard place < end else { return }
        head.query = WireRange(place + 1, end)
        place &+= 1
        while place < end {
            let byte = bytes[place]
            guard WireByte.isQuery(byte) else { throw .targetInvalid }
            if byte == UInt8(ascii: "%") { try percent(bytes, place, end) }
            place &+= 1
        }
    }

    /// `%` must have two hexadecimal digits behind it: what a stray one means, readers disagree on. `%00` never helps.
    private static func percent(_ bytes: WireBytes, _ place: Int, _ end: Int) throws(WireRefusal) {
        guard place + 2 < end, let high = WireByte.hexadecimal(bytes[place + 1]),
            let low = WireByte.hexadecimal(bytes[place + 2]), high + low > 0
        else { throw .targetInvalid }
    }
}

extension WireBytes {
    /// Whether `text` stands at `place`, in exactly these letters. Out of bounds it does not.
    func isExactly(_ text: StaticString, _ place: Int) -> Bool {
        guard place >= 0, place + text.utf8CodeUnitCount <= count else { return false }
        for offset in 0..<text.utf8CodeUnitCount where self[place + offset] != text.utf8Start[offset] { return false }
        return true
    }

    /// Whether `start..<end` begins with `text` (lower case), whatever the case of its letters.
    func begins(_ text: StaticString, _ start: Int, _ end: Int) -> Bool {
        start + text.utf8CodeUnitCount <= end && says(text, start, start + text.utf8CodeUnitCount)
    }
}
