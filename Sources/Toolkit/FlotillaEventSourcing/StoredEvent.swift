public import FlotillaCore
internal import FlotillaStorage

/// An event to be appended: the name of its shape and its bytes.
public struct EventRecord: Sendable {
    /// Stable and versioned: `order-created.v1`.
    public var type: String
    public var data: [UInt8]

    public init(type: String, data: [UInt8]) {
        self.type = type
        self.data = data
    }

    public init(_ payload: some MessagePayload) throws {
        type = Swift.type(of: payload).messageType
        data = try payload.messageBytes()
    }
}

/// An event as it was recorded.
public struct StoredEvent: Sendable {
    /// Its place among all events of the database.
    public var position: Int64
    public var stream: String
    /// Its place in the stream, from 1.
    public var version: Int
    public var type: String
    public var data: [UInt8]
    public var at: Timestamp
    /// The correlation it belongs to.
    public var cause: String
    /// Who made it happen.
    public var actor: String

    init(_ row: Row) {
        position = row.int64(0)
        version = row.int(1)
        type = row.text(2)
        data = row.bytes(3)
        at = row.timestamp(4)
        cause = row.text(5)
        actor = row.text(6)
        stream = row.text(7)
    }
}

/// Somebody else has appended to the stream since the decision was made: load again and decide again.
public struct VersionConflict: DescribedError {
    public var stream: String
    public var expected: Int
    public var actual: Int

    public var kind: ErrorKind { .conflict }
    public var slug: String { "version-conflict" }
    public var detail: String {
        "\(stream) has changed meanwhile (version \(actual), expected \(expected)); try again."
    }
    public var isRetryable: Bool { true }
}
