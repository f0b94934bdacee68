/// The forms that a value has on the wire (Protocol Buffers Encoding).
enum WireType: UInt8, Sendable {
    case varint = 0
    case eightBytes = 1
    case length = 2
    case groupStart = 3
    case groupEnd = 4
    case fourBytes = 5
}

/// Why bytes are not the message they should be.
struct WireError: Error, Hashable {
    var reason: String

    static let cutOff = WireError(reason: "the message is cut off")
    static let tooDeep = WireError(reason: "messages are nested deeper than \(WireReader.depthMax)")
}

/// Takes a message apart. It never reads beyond its piece of the bytes, whatever they are.
struct WireReader {
    /// Messages in messages, and groups in groups.
    static let depthMax = 64

    let bytes: [UInt8]
    private(set) var index: Int
    let end: Int

    /// - Parameter range: the message; within `bytes`.
    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        end = min(range.upperBound, bytes.count)
    }

    init(_ bytes: [UInt8]) { self.init(bytes, in: 0..<bytes.count) }

    var isAtEnd: Bool { index >= end }

    /// The number of a field and the form of its value.
    mutating func tag() throws(WireError) -> (number: Int32, type: WireType) {
        let value = try varint()
        guard value <= UInt64(UInt32.max), let type = WireType(rawValue: UInt8(value & 7)), value >> 3 > 0 else {
            throw WireError(reason: "there is no such tag")
        }
        return (Int32(value >> 3), type)
    }

    mutating func varint() throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while index < end {
            let byte = bytes[index]
            index += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
            // Bits beyond the 64th are nobody's; an eleventh byte is an error.
            guard shift < 70 else { throw WireError(reason: "a number is longer than ten bytes") }
        }
        throw .cutOff
    }

    mutating func fourBytes() throws(WireError) -> UInt32 {
        guard end - index >= 4 else { throw .cutOff }
        defer { index += 4 }
        return UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
            | UInt32(bytes[index + 3]) << 24
    }

    mutating func eightBytes() throws(WireError) -> UInt64 {
        let low = try fourBytes()
        return UInt64(low) | UInt64(try fourBytes()) << 32
    }

    /// A piece with its length before it.
    mutating func piece() throws(WireError) -> Range<Int> {
        let length = try varint()
        guard length <= UInt64(end - index) else { throw .cutOff }
        defer { index += Int(length) }
        return index..<index + Int(length)
    }

    /// Steps over a value.
    mutating func skip(_ type: WireType, number: Int32, depth: Int = 0) throws(WireError) {
        switch type {
        case .varint: _ = try varint()
        case .eightBytes: _ = try eightBytes()
        case .fourBytes: _ = try fourBytes()
        case .length: _ = try piece()
        case .groupEnd: throw WireError(reason: "a group ends that has not begun")
        case .groupStart:
            guard depth < Self.depthMax else { throw .tooDeep }
            while true {
                let tag = try tag()
                if tag.type == .groupEnd {
                    guard tag.number == number else { throw WireError(reason: "a group ends as another") }
                    return
                }
                try skip(tag.type, number: tag.number, depth: depth + 1)
            }
        }
    }

    /// - Throws: when the piece is not UTF-8.
    func text(_ range: Range<Int>) throws(WireError) -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw WireError(reason: "a text is not UTF-8")
        }
        return text
    }
}
