/// Puts a message together.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func tag(_ number: Int32, _ type: WireType) { varint(UInt64(number) << 3 | UInt64(type.rawValue)) }

    mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    mutating func fourBytes(_ value: UInt32) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func eightBytes(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func piece(_ content: some Collection<UInt8>) {
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// Begins a piece whose length is not known yet.
    ///
    /// - Returns: what ``end(_:)`` wants.
    mutating func begin() -> Int {
        bytes.append(0)
        return bytes.count
    }

    /// Puts the length in front of all that was written since.
    mutating func end(_ start: Int) {
        var length = UInt64(bytes.count - start)
        guard length >= 0x80 else {
            bytes[start - 1] = UInt8(length)
            return
        }
        bytes[start - 1] = UInt8(truncatingIfNeeded: length) | 0x80
        length >>= 7
        var rest: [UInt8] = []
        while length >= 0x80 {
            rest.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        rest.append(UInt8(length))
        bytes.insert(contentsOf: rest, at: start)
    }

    /// Takes back all that was written since there were so many bytes.
    mutating func cut(to count: Int) { bytes.removeLast(bytes.count - count) }
}
