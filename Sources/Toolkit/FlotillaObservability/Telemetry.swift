public import FlotillaCore
public import Logging

/// What one service tells about itself: logs, metrics and spans, through one value that is passed in.
///
/// Nothing is global: two services in one process have one each, over shared or separate sinks.
/// Copying is cheap; all members may be used from any thread.
public struct Telemetry: Sendable {
    /// The service's name, the same in logs, metrics and spans: `orders`.
    public let service: String
    /// For libraries that want a swift-log logger; our own code calls ``log(_:_:_:_:)``.
    public let logger: Logger
    public let metrics: MetricsRegistry
    public let spans: SpanStore
    public let world: World
    /// Log lines below are not even made.
    public let level: LogLevel
    /// Where log lines go.
    public let sink: any LogSink
    let emitter: LogEmitter

    /// - Parameters:
    ///   - service: the service's name, kebab-case.
    ///   - sink: may be shared by many services.
    ///   - level: the least level of lines that are made; the sink's own level counts too.
    public init(
        service: String, world: World, sink: any LogSink, metrics: MetricsRegistry = MetricsRegistry(),
        spans: SpanStore = SpanStore(), level: LogLevel = .info
    ) {
        self.service = service
        self.world = world
        self.sink = sink
        self.metrics = metrics
        self.spans = spans
        self.level = max(level, sink.level)
        emitter = LogEmitter(service: service, sink: sink, world: world)
        let handler = JSONLogHandler(service: service, sink: sink, world: world, level: level)
        logger = Logger(label: service) { _ in handler }
    }

    /// Telemetry that logs nothing and keeps few spans, for tests that do not look at it.
    public static func silent(service: String, world: World) -> Telemetry {
        Telemetry(service: service, world: world, sink: NullLogSink(), spans: SpanStore(capacity: 256))
    }

    /// The same sinks and stores under another service's name.
    public func renamed(_ service: String) -> Telemetry {
        Telemetry(service: service, world: world, sink: sink, metrics: metrics, spans: spans, level: level)
    }

    /// The logger with the IDs of a call attached, for libraries that take one.
    public func logger(for context: CallContext) -> Logger {
        var copy = logger
        copy[metadataKey: "traceId"] = .string(context.trace.traceID)
        copy[metadataKey: "spanId"] = .string(context.trace.spanID)
        copy[metadataKey: "correlationId"] = .string(context.correlationID)
        return copy
    }

    /// Logs a constant message; what varies goes into `metadata`.
    ///
    /// - Parameters:
    ///   - context: adds `traceId`, `spanId` and `correlationId`; nil for what belongs to no call.
    ///   - metadata: redacted by key and by looks before it is written (``Redaction``).
    public func log(
        _ level: LogLevel, _ message: StaticString, _ context: CallContext? = nil,
        _ metadata: @autoclosure () -> [String: String] = [:]
    ) {
        guard level >= self.level else { return }
        emitter.emit(
            level, message: message.description, traceID: context?.trace.traceID, spanID: context?.trace.spanID,
            correlationID: context?.correlationID, fields: metadata().map { LogRecord.Field($0.key, $0.value) })
    }

    /// Logs a constant message with what an error says of itself.
    ///
    /// The metadata `error` has its text, `errorSlug` its slug when it is a ``DescribedError``.
    public func log(
        _ level: LogLevel, _ message: StaticString, _ context: CallContext? = nil, error: any Error,
        _ metadata: @autoclosure () -> [String: String] = [:]
    ) {
        guard level >= self.level else { return }
        var all = metadata()
        all["error"] = errorText(error)
        if let described = error as? any DescribedError { all["errorSlug"] = described.slug }
        log(level, message, context, all)
    }
}
