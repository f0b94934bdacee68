public import FlotillaCore

/// Why a text is not the JSON we take.
public struct JSONError: DescribedError, Hashable, CustomStringConvertible {
    /// Where in the text, in bytes from the start.
    public var offset: Int
    /// What stands there and what is expected.
    public var reason: String

    public init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    /// Always malformed: 400.
    public var kind: ErrorKind { .malformed }
    /// Stable, for machines.
    public var slug: String { "malformed-json" }
    /// What is wrong and where, for people.
    public var detail: String { "The body is not valid JSON: \(reason) (byte \(offset))." }
    public var description: String { "\(slug): \(reason) at byte \(offset)" }
}
