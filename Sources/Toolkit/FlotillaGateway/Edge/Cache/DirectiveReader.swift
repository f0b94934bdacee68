/// Reads a list of `name`, `name=token` and `name="text"` (RFC 9110, sections 5.6.1 and 5.6.4), whatever the bytes.
///
/// Valid while the bytes are.
struct DirectiveReader {
    /// What stands behind a name.
    enum Value: Hashable {
        case none
        case text(String)

        /// As delta-seconds (RFC 9111, section 1.2.2), at most ``CacheControl/secondsMax``; nil: it is no such number.
        var seconds: Int? {
            guard case .text(let text) = self, !text.isEmpty else { return nil }
            var number = 0
            for byte in text.utf8 {
                guard (48...57).contains(byte) else { return nil }
                number = min(CacheControl.secondsMax, number * 10 + Int(byte - 48))
            }
            return number
        }
    }

    private let bytes: UnsafeRawBufferPointer
    private var place = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next one, its name in lower case; nil at the end.
    mutating func next() -> (name: String, value: Value)? {
        skip { $0 == UInt8(ascii: ",") || Self.isBlank($0) }
        guard place < bytes.count else { return nil }
        let start = place
        skip { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=") && !Self.isBlank($0) }
        let name = String(decoding: bytes[start..<place].lazy.map(Self.lowercase), as: UTF8.self)
        skip(Self.isBlank)
        guard place < bytes.count, bytes[place] == UInt8(ascii: "=") else {
            skipToComma()
            return (name, .none)
        }
        place += 1
        skip(Self.isBlank)
        let value = place < bytes.count && bytes[place] == UInt8(ascii: "\"") ? quoted() : token()
        skipToComma()
        return (name, .text(value))
    }

    private mutating func token() -> String {
        let start = place
        skip { $0 != UInt8(ascii: ",") && !Self.isBlank($0) }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private mutating func quoted() -> String {
        place += 1
        var text: [UInt8] = []
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            if bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count { place += 1 }
            text.append(bytes[place])
            place += 1
        }
        place = min(place + 1, bytes.count)
        return String(decoding: text, as: UTF8.self)
    }

    /// What stands between the end of a directive and the next comma is no part of either.
    private mutating func skipToComma() { skip { $0 != UInt8(ascii: ",") } }

    private mutating func skip(_ condition: (UInt8) -> Bool) {
        while place < bytes.count, condition(bytes[place]) { place += 1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }

    private static func lowercase(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 32 : byte }
}
