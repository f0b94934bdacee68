public import FlotillaCore

/// What role a span plays between services (OpenTelemetry's span kinds).
public enum SpanKind: String, Sendable, CaseIterable {
    /// Work within one service.
    case `internal`
    /// Answering a call.
    case server
    /// Making a call.
    case client
    /// Sending a message.
    case producer
    /// Handling a message.
    case consumer
}

/// One finished piece of work of a trace.
public struct Span: Sendable, Hashable {
    public var traceID: String
    public var spanID: String
    /// The span that caused this one, possibly in another service; nil at the start of the trace.
    public var parentSpanID: String?
    public var service: String
    /// What was done, in few different values: `GET /orders/{id}`.
    public var name: String
    public var kind: SpanKind
    public var start: Timestamp
    public var duration: Duration
    /// Named as OpenTelemetry names them where it does: `http.route`, `db.operation.name`.
    public var attributes: [String: String]
    /// What went wrong; nil when nothing did.
    public var error: String?
    /// Whether the trace was chosen to be recorded; one that was not is stored only with an error.
    public var isSampled: Bool

    /// A longer attribute or error is cut when the span is recorded.
    public static let valueBytesMax = 2_048

    public init(
        traceID: String, spanID: String, parentSpanID: String? = nil, service: String, name: String,
        kind: SpanKind = .internal, start: Timestamp, duration: Duration, attributes: [String: String] = [:],
        error: String? = nil, isSampled: Bool = true
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.parentSpanID = parentSpanID
        self.service = service
        self.name = name
        self.kind = kind
        self.start = start
        self.duration = duration
        self.attributes = attributes
        self.error = error
        self.isSampled = isSampled
    }

    /// The span `trace` stands for.
    public init(
        _ trace: TraceContext, service: String, name: String, kind: SpanKind = .internal, start: Timestamp,
        duration: Duration, attributes: [String: String] = [:], error: String? = nil
    ) {
        self.init(
            traceID: trace.traceID, spanID: trace.spanID, parentSpanID: trace.parentSpanID, service: service,
            name: name, kind: kind, start: start, duration: duration, attributes: attributes, error: error,
            isSampled: trace.isSampled)
    }

    /// When it was over.
    public var end: Timestamp { start + duration }
}
