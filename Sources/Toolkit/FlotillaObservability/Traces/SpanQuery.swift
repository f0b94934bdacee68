public import FlotillaCore

/// Which spans somebody wants to see. What is nil does not matter.
public struct SpanQuery: Sendable, Hashable {
    /// The most that can be asked for at once.
    public static let limitMax = 10_000

    public var traceID: String?
    public var service: String?
    public var name: String?
    /// Only spans that took at least so long.
    public var minDuration: Duration?
    /// True: only spans with an error; false: only those without.
    public var hasError: Bool?
    /// Only spans that started at or after.
    public var since: Timestamp?
    /// At most this many, 0 to ``limitMax``.
    public var limit: Int

    public init(
        traceID: String? = nil, service: String? = nil, name: String? = nil, minDuration: Duration? = nil,
        hasError: Bool? = nil, since: Timestamp? = nil, limit: Int = 200
    ) {
        self.traceID = traceID
        self.service = service
        self.name = name
        self.minDuration = minDuration
        self.hasError = hasError
        self.since = since
        self.limit = min(max(0, limit), Self.limitMax)
    }

    /// Whether `span` is one of those.
    public func matches(_ span: Span) -> Bool {
        if let traceID, span.traceID != traceID { return false }
        if let service, span.service != service { return false }
        if let name, span.name != name { return false }
        if let minDuration, span.duration < minDuration { return false }
        if let hasError, (span.error != nil) != hasError { return false }
        if let since, span.start < since { return false }
        return true
    }
}

/// A trace on one line.
public struct TraceSummary: Sendable, Hashable {
    public var traceID: String
    /// The name and service of the earliest span.
    public var name: String
    public var service: String
    public var start: Timestamp
    /// From the first start to the last end.
    public var duration: Duration
    /// How many spans it has here.
    public var spanCount: Int
    /// How many of them have an error.
    public var errorCount: Int
    /// All services with a span in it, sorted.
    public var services: [String]

    /// - Parameter spans: those of one trace, by their start; nil comes of none.
    public init?(_ spans: [Span]) {
        guard let first = spans.first else { return nil }
        traceID = first.traceID
        name = first.name
        service = first.service
        start = first.start
        duration = (spans.map(\.end).max() ?? first.end) - first.start
        spanCount = spans.count
        errorCount = spans.count { $0.error != nil }
        services = Set(spans.map(\.service)).sorted()
    }
}
