/// A set of ``KnownField``s, in one word.
public struct KnownFieldSet: Sendable, Hashable, ExpressibleByArrayLiteral {
    private var bits: UInt64

    public init(arrayLiteral fields: KnownField...) {
        bits = fields.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
    }

    /// Whether `field` is in it.
    @inline(__always)
    public func contains(_ field: KnownField) -> Bool { bits &>> UInt64(field.rawValue) & 1 != 0 }

    /// Puts `field` in. ``KnownField/other`` in a set stands for every field that has no name of its own.
    public mutating func insert(_ field: KnownField) { bits |= 1 &<< UInt64(field.rawValue) }

    /// Takes `field` out.
    public mutating func remove(_ field: KnownField) { bits &= ~(1 &<< UInt64(field.rawValue)) }

    /// What is in either.
    public func union(_ other: KnownFieldSet) -> KnownFieldSet {
        var both = self
        both.bits |= other.bits
        return both
    }
}
