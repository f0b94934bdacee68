/// A hash that is the same on every machine and in every run, for what is stored, compared between processes or
/// has to be repeatable: FNV-1a with 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv).
///
/// It spreads short texts well and costs a multiplication a byte. It is not cryptographic: whoever chooses the
/// input can make two inputs with one value, so nothing may depend on that being hard.
public struct StableHash: Sendable, Hashable {
    @usableFromInline var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The hash of nothing, to be continued.
    @inlinable public init() {}

    /// The hash of nothing, one of as many as there are seeds.
    @inlinable public init(seed: UInt64) { state ^= seed }

    /// The hash of these bytes.
    @inlinable public init(_ bytes: some Sequence<UInt8>) { combine(bytes) }

    /// The hash of a text's UTF-8.
    @inlinable public init(_ text: some StringProtocol) { combine(text.utf8) }

    /// Of everything so far.
    @inlinable public var value: UInt64 { state }

    /// Goes on with one byte.
    @inlinable public mutating func combine(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }

    /// Goes on with these bytes. It does not matter in how many pieces they come.
    @inlinable public mutating func combine(_ bytes: some Sequence<UInt8>) { for byte in bytes { combine(byte) } }
}
