internal import FlotillaCore
internal import Synchronization
public import Tracing

/// A span a library has started through ``TelemetryTracer``; stored when it ends, once.
///
/// Events become attributes `event.N` with their name, links `link.N` with their `traceparent`, at most 16 each.
public final class TracedSpan: Tracing.Span {
    private struct State {
        var name: String
        var attributes = SpanAttributes([:])
        var notes: [String: String] = [:]
        var eventCount = 0
        var linkCount = 0
        var error: String?
        var hasEnded = false
    }

    public let context: ServiceContext
    private let trace: TraceContext
    private let kind: SpanKind
    private let telemetry: Telemetry
    private let start: Timestamp
    private let began: Duration
    private let state: Mutex<State>

    init(
        _ name: String, context: ServiceContext, trace: TraceContext, kind: SpanKind, telemetry: Telemetry,
        start: Timestamp
    ) {
        self.context = context
        self.trace = trace
        self.kind = kind
        self.telemetry = telemetry
        self.start = start
        began = telemetry.world.time.uptime
        state = Mutex(State(name: name))
    }

    public var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { if !$0.hasEnded { $0.name = newValue } } }
    }

    public var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { state.withLock { if !$0.hasEnded { $0.attributes = newValue } } }
    }

    public var isRecording: Bool { state.withLock { !$0.hasEnded } }

    public func setStatus(_ status: SpanStatus) {
        state.withLock { state in
            if status.code == .error { state.error = state.error ?? status.message ?? "error" }
        }
    }

    public func addEvent(_ event: SpanEvent) {
        state.withLock { state in
            guard state.eventCount < 16 else { return }
            state.notes["event.\(state.eventCount)"] = event.name
            state.eventCount += 1
        }
    }

    public func addLink(_ link: SpanLink) {
        guard let linked = link.context[TraceContextKey.self] else { return }
        state.withLock { state in
            guard state.linkCount < 16 else { return }
            state.notes["link.\(state.linkCount)"] = linked.traceparent
            state.linkCount += 1
        }
    }

    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        state.withLock { $0.error = errorText(error) }
    }

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let ended = state.withLock { state -> State? in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            return state
        }
        guard let ended else { return }
        var attributes = ended.notes
        ended.attributes.forEach { key, value in attributes[key] = text(of: value) }
        let duration = foreignTime(instant()).map { $0 - start } ?? telemetry.world.time.uptime - began
        telemetry.recordSpan(
            Span(
                trace, service: telemetry.service, name: ended.name, kind: kind, start: start, duration: duration,
                attributes: attributes, error: ended.error))
    }
}

private func text(of attribute: SpanAttribute) -> String {
    switch attribute {
    case .int32(let value): "\(value)"
    case .int64(let value): "\(value)"
    case .double(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .string(let value): value
    case .stringConvertible(let value): "\(value)"
    case .int32Array(let values): "\(values)"
    case .int64Array(let values): "\(values)"
    case .doubleArray(let values): "\(values)"
    case .boolArray(let values): "\(values)"
    case .stringArray(let values): "\(values)"
    case .stringConvertibleArray(let values): "\(values)"
    default: "\(attribute)"
    }
}
