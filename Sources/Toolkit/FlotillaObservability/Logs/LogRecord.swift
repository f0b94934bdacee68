public import FlotillaCore

/// One log line, already redacted and within its bounds.
///
/// It says who logged (service), about which call (trace, span, correlation), and what: a constant
/// message with the variable parts as metadata.
public struct LogRecord: Sendable, Hashable {
    public var timestamp: Timestamp
    public var level: LogLevel
    public var service: String
    public var traceID: String?
    public var spanID: String?
    public var correlationID: String?
    public var message: String
    /// Sorted by key; at most ``metadataCountMax`` entries.
    public var metadata: [Field]

    /// One piece of metadata.
    public struct Field: Sendable, Hashable {
        public var key: String
        public var value: String

        public init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Metadata entries beyond these are dropped, the last in the order of their keys first.
    public static let metadataCountMax = 64
    /// A longer message is cut and ends in `…`.
    public static let messageBytesMax = 8_192
    /// A longer metadata value is cut and ends in `…`.
    public static let valueBytesMax = 4_096

    /// A record whose texts are taken as they are: callers go through ``Telemetry`` or the swift-log
    /// handler, which redact.
    public init(
        timestamp: Timestamp, level: LogLevel, service: String, traceID: String? = nil, spanID: String? = nil,
        correlationID: String? = nil, message: String, metadata: [Field] = []
    ) {
        self.timestamp = timestamp
        self.level = level
        self.service = service
        self.traceID = traceID
        self.spanID = spanID
        self.correlationID = correlationID
        self.message = message
        self.metadata = metadata
    }

    /// The value of one metadata key.
    public subscript(key: String) -> String? { metadata.first { $0.key == key }?.value }
}
