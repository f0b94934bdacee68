internal import Synchronization

/// Keeps the latest records in memory: for the dashboard, and for tests that look at what was logged.
///
/// Bounded; the oldest record goes first.
public final class MemoryLogSink: LogSink {
    public let level: LogLevel
    private let ring: Mutex<Ring<LogRecord>>

    /// - Parameter capacity: how many records are kept, 1 to 1,000,000.
    public init(level: LogLevel = .trace, capacity: Int = 5_000) {
        self.level = level
        ring = Mutex(Ring(capacity: capacity))
    }

    public func write(_ record: LogRecord) { ring.withLock { _ = $0.append(record) } }

    /// The kept records that fit `query`, oldest first; of more than `query.limit` the latest.
    public func records(_ query: LogQuery = LogQuery()) -> [LogRecord] {
        ring.withLock { $0.latest(query.limit) { query.matches($0) } }
    }

    /// Records taken after the first `position` ones, oldest first, and the position to go on from.
    ///
    /// For whoever ships logs elsewhere; records that left the ring meanwhile are missing.
    public func records(after position: UInt64, limit: Int) -> (records: [LogRecord], next: UInt64) {
        let part = ring.withLock { $0.elements(after: position, limit: limit) }
        return (part.elements, part.next)
    }

    /// How many records were taken since the start.
    public var writtenCount: UInt64 { ring.withLock { $0.appendedCount } }
}

/// Which log records somebody wants to see. What is nil does not matter.
public struct LogQuery: Sendable, Hashable {
    public var traceID: String?
    public var correlationID: String?
    public var service: String?
    /// This level and those above.
    public var level: LogLevel?
    /// Part of the message or of a metadata value, in any case of letters.
    public var text: String?
    /// At most this many, 0 to 10,000.
    public var limit: Int

    public init(
        traceID: String? = nil, correlationID: String? = nil, service: String? = nil, level: LogLevel? = nil,
        text: String? = nil, limit: Int = 200
    ) {
        self.traceID = traceID
        self.correlationID = correlationID
        self.service = service
        self.level = level
        self.text = text
        self.limit = min(max(0, limit), 10_000)
    }

    /// Whether `record` is one of those.
    public func matches(_ record: LogRecord) -> Bool {
        if let traceID, record.traceID != traceID { return false }
        if let correlationID, record.correlationID != correlationID { return false }
        if let service, record.service != service { return false }
        if let level, record.level < level { return false }
        if let text {
            let needle = text.lowercased()
            return record.message.lowercased().contains(needle)
                || record.metadata.contains { $0.value.lowercased().contains(needle) }
        }
        return true
    }
}
