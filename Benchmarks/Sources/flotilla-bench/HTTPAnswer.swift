import Foundation

/// As much of an answer as the load needs to know, found without copying any of it.
struct HTTPAnswer {
    let status: Int
    /// Bytes of head and body.
    let length: Int
    let closes: Bool
    /// An earlier answer, given again (RFC 9211).
    let isKept: Bool

    /// Nil while it is not complete.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 12 else { return nil }
        var status = 0
        for index in 9..<12 { status = status * 10 + Int(bytes[index] & 15) }
        var (body, closes, isKept) = (0, false, false)
        var start = Self.end(of: bytes, from: 0)
        while true {
            guard let line = start else { return nil }
            guard line + 1 < bytes.count else { return nil }
            if bytes[line] == 13 { break }
            if Self.line(bytes, line, beginsWith: "content-length:") {
                body = Self.number(bytes, line + 15)
            } else if Self.line(bytes, line, beginsWith: "connection: close") {
                closes = true
            } else if Self.line(bytes, line, beginsWith: "cache-status: gateway; hit") {
                isKept = true
            }
            start = Self.end(of: bytes, from: line)
        }
        self.status = status
        self.closes = closes
        self.isKept = isKept
        length = start! + 2 + body
        guard bytes.count >= length else { return nil }
    }

    /// Where the line after this one begins; nil when it is not there yet.
    private static func end(of bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress,
            let found = memchr(base + start, 10, bytes.count - start)
        else { return nil }
        return base.distance(to: found) + 1
    }

    private static func line(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, beginsWith text: StaticString
    ) -> Bool {
        let count = text.utf8CodeUnitCount
        guard start + count <= bytes.count, let base = bytes.baseAddress else { return false }
        let line = (base + start).assumingMemoryBound(to: CChar.self)
        return strncasecmp(line, UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self), count) == 0
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var (index, value) = (start, 0)
        while index < bytes.count, bytes[index] == 32 { index += 1 }
        while index < bytes.count, (48...57).contains(bytes[index]) {
            value = value * 10 + Int(bytes[index] - 48)
            index += 1
        }
        return value
    }
}
