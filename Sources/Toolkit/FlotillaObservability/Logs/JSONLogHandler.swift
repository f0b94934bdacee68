public import FlotillaCore
public import Logging

/// The swift-log back end: gives redacted records to a ``LogSink``.
///
/// Metadata `traceId`, `spanId` and `correlationId` become fields of their own; nested metadata is
/// flattened to `user.name`, `items.0`. Metadata of the call wins over that of the logger, and that
/// over the provider's.
public struct JSONLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level
    private let emitter: LogEmitter

    public init(service: String, sink: any LogSink, world: World, level: LogLevel = .info) {
        emitter = LogEmitter(service: service, sink: sink, world: world)
        logLevel = Logger.Level(max(level, sink.level))
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let level = LogLevel(event.level)
        guard level >= emitter.sink.level else { return }
        var merged = metadataProvider?.get() ?? [:]
        merged.merge(metadata) { _, own in own }
        if let given = event.metadata { merged.merge(given) { _, given in given } }
        if let error = event.error, merged["error"] == nil { merged["error"] = .string(errorText(error)) }
        let traceID = merged.removeValue(forKey: "traceId").map { "\($0)" }
        let spanID = merged.removeValue(forKey: "spanId").map { "\($0)" }
        let correlationID = merged.removeValue(forKey: "correlationId").map { "\($0)" }
        var fields: [LogRecord.Field] = []
        for (key, value) in merged.sorted(by: { $0.key < $1.key }) {
            flatten(key, value, depth: 0, into: &fields)
        }
        emitter.emit(
            level, message: event.message.description, traceID: traceID, spanID: spanID,
            correlationID: correlationID, fields: fields)
    }

    private func flatten(
        _ key: String, _ value: Logger.MetadataValue, depth: Int, into fields: inout [LogRecord.Field]
    ) {
        guard fields.count < LogRecord.metadataCountMax else { return }
        switch value {
        case .dictionary(let nested) where depth < 4:
            for (inner, value) in nested.sorted(by: { $0.key < $1.key }) {
                flatten("\(key).\(inner)", value, depth: depth + 1, into: &fields)
            }
        case .array(let nested) where depth < 4:
            for (index, value) in nested.enumerated() {
                flatten("\(key).\(index)", value, depth: depth + 1, into: &fields)
            }
        default:
            fields.append(LogRecord.Field(key, value.description))
        }
    }
}

extension LogLevel {
    /// The same level of swift-log.
    public init(_ level: Logger.Level) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
    }
}

extension Logger.Level {
    /// The same level of the toolkit.
    public init(_ level: LogLevel) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
    }
}

/// What an error says, for logs and spans; not yet redacted.
func errorText(_ error: any Error) -> String {
    if error is CancellationError { return "cancelled" }
    return "\(error)"
}
