/// The country an address is registered in: two capital letters (ISO 3166-1 alpha-2), `ZZ` where nobody knows.
struct CountryCode: Sendable, Hashable, Comparable, CustomStringConvertible {
    private let first: UInt8
    private let second: UInt8

    static let unknown = CountryCode(first: UInt8(ascii: "Z"), second: UInt8(ascii: "Z"))

    private init(first: UInt8, second: UInt8) { (self.first, self.second) = (first, second) }

    /// - Returns: nil when it is not two letters; small ones are taken too.
    init?(_ text: some Collection<UInt8>) {
        guard text.count == 2, let one = text.first, let other = text.dropFirst().first,
            (97...122).contains(one | 0x20), (97...122).contains(other | 0x20)
        else { return nil }
        (first, second) = (one & ~0x20, other & ~0x20)
    }

    static func < (left: Self, right: Self) -> Bool { (left.first, left.second) < (right.first, right.second) }

    var description: String { String(decoding: [first, second], as: UTF8.self) }
}
