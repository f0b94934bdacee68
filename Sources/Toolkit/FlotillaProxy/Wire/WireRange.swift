/// A piece of the bytes that a head was parsed from: offsets from the first byte that the parser was given.
///
/// It says nothing without those bytes. Once they are consumed from their buffer, it means nothing.
public struct WireRange: Sendable, Hashable {
    private let from: UInt32
    private let to: UInt32

    /// Offsets from the head's first byte; a head is far shorter than 4 GiB (``WireLimits/headBytesMax``).
    public init(_ start: Int, _ end: Int) {
        precondition(start >= 0 && end >= start && end <= Int(UInt32.max), "no range of a head")
        from = UInt32(truncatingIfNeeded: start)
        to = UInt32(truncatingIfNeeded: end)
    }

    /// Nothing, at the very beginning.
    public static let empty = WireRange(0, 0)

    /// Offset of the first byte.
    public var start: Int { Int(from) }

    /// Offset behind the last byte.
    public var end: Int { Int(to) }

    /// Length in bytes.
    public var count: Int { Int(to &- from) }

    public var isEmpty: Bool { from == to }

    /// These bytes of `bytes`, which must be those the head was parsed from.
    public func bytes(of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        precondition(end <= bytes.count, "a range of other bytes")
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }

    /// These bytes as text. Allocates: for logs, errors and tests.
    public func text(of bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: self.bytes(of: bytes), as: UTF8.self)
    }
}
