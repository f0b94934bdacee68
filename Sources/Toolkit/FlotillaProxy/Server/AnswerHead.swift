/// Status and fields of an answer, as they go out, without those that belong to the connection: `Date`,
/// `Content-Length`, `Transfer-Encoding` and `Connection` are the server's business and must not be added.
public struct AnswerHead: Sendable {
    /// Three digits.
    public let status: Int
    /// How long the body would be that an answer to `HEAD`, or a 304, does not have; nil: not told.
    public var lengthOfAbsentBody: Int?
    /// The status line and the fields, each with its line's end.
    private(set) var lines: [UInt8]

    /// - Parameters:
    ///   - status: 200 to 999.
    ///   - reason: for people; may be empty.
    public init(status: Int, reason: String = "") {
        precondition((200...999).contains(status), "\(status) is no status of an answer")
        self.status = status
        lines = []
        lines.reserveCapacity(512)
        lines.append(contentsOf: "HTTP/1.1 ".utf8)
        for divisor in [100, 10, 1] { lines.append(UInt8(48 + status / divisor % 10)) }
        lines.append(UInt8(ascii: " "))
        append(reason)
        endLine()
    }

    /// Adds a field. What would end its line early becomes a space.
    ///
    /// - Parameter name: a token (RFC 9110, section 5.6.2).
    public mutating func add(_ name: String, _ value: String) {
        append(name)
        lines.append(UInt8(ascii: ":"))
        lines.append(UInt8(ascii: " "))
        append(value)
        endLine()
    }

    /// Adds whole lines, each with its end, as they are.
    package mutating func add(lines more: [UInt8]) { lines.append(contentsOf: more) }

    /// Whether an answer of that status has a body at all (RFC 9110, section 6.4.1).
    var mayHaveBody: Bool { status != 204 && status != 304 }

    private mutating func endLine() {
        lines.append(13)
        lines.append(10)
    }

    private mutating func append(_ text: String) {
        let start = lines.count
        lines.append(contentsOf: text.utf8)
        for index in start..<lines.count where lines[index] < 32 && lines[index] != 9 { lines[index] = 32 }
    }
}
