/// The identifier of one kind of thing, so that an order's ID cannot be passed where a user's is meant.
///
/// The text is 1 to 64 characters of `A–Z a–z 0–9 - _`; anything else from outside is refused by
/// ``init(_:)``, so an ID can go into a path, a key or a log line as it is.
public protocol TypedID: Sendable, Hashable, Comparable, CustomStringConvertible, Codable {
    var text: String { get }

    /// Takes the text as it is; for IDs this system made itself.
    init(unchecked text: String)
}

extension TypedID {
    /// Takes an ID from outside.
    ///
    /// - Returns: nil when it is empty, longer than 64 bytes or has a character an ID cannot have.
    public init?(_ text: String) {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(isIDCharacter) else { return nil }
        self.init(unchecked: text)
    }

    public var description: String { text }

    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a valid ID")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

private func isIDCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 45, 95: true
    default: false
    }
}
