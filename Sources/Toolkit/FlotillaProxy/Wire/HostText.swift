/// The syntax of `host[:port]`, narrower than RFC 3986 where only attacks use the difference.
enum HostText {
    /// Whether `start..<end` is a name, an IPv4 address, or an IPv6 address in brackets, with an optional port.
    static func isValid(_ bytes: WireBytes, _ start: Int, _ end: Int) -> Bool {
        guard start < end, end - start <= 261 else { return false }
        var place = start
        if bytes[place] == UInt8(ascii: "[") {
            place += 1
            while place < end, isAddress(bytes[place]) { place += 1 }
            guard place < end, bytes[place] == UInt8(ascii: "]"), place - start >= 3 else { return false }
            place += 1
        } else {
            while place < end, WireByte.isHostName(bytes[place]) { place += 1 }
            guard place > start else { return false }
        }
        if place == end { return true }
        guard bytes[place] == WireByte.colon else { return false }
        return isPort(bytes, place + 1, end)
    }

    /// Whether `start..<end` ends in `:port`, as the target of CONNECT must.
    static func hasPort(_ bytes: WireBytes, _ start: Int, _ end: Int) -> Bool {
        var place = end
        while place > start, WireByte.isDigit(bytes[place - 1]) { place -= 1 }
        return place < end && place > start && bytes[place - 1] == WireByte.colon
    }

    private static func isAddress(_ byte: UInt8) -> Bool {
        WireByte.hexadecimal(byte) != nil || byte == WireByte.colon || byte == UInt8(ascii: ".")
    }

    private static func isPort(_ bytes: WireBytes, _ start: Int, _ end: Int) -> Bool {
        guard start < end, end - start <= 5 else { return false }
        var port = 0
        for place in start..<end {
            guard WireByte.isDigit(bytes[place]) else { return false }
            port = port * 10 + Int(bytes[place] - 0x30)
        }
        return port <= 65_535
    }
}
