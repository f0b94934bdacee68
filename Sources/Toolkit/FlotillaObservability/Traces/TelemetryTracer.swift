public import FlotillaCore
public import Tracing

/// The swift-distributed-tracing back end: spans libraries start end up in a ``SpanStore``.
///
/// The parent is the ``TraceContext`` in the context that is passed (``TraceContextKey``); without one a trace
/// of its own begins. Contexts travel as `traceparent` (W3C Trace Context, level 1). Times come from the
/// telemetry's world, unless an instant of another clock than the library's default one is given.
public struct TelemetryTracer: Tracer {
    private let telemetry: Telemetry

    public init(telemetry: Telemetry) { self.telemetry = telemetry }

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: Tracing.SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> TracedSpan {
        var context = context()
        let random = telemetry.world.random
        let trace = context[TraceContextKey.self].map { $0.child(random) } ?? TraceContext.root(random)
        context[TraceContextKey.self] = trace
        return TracedSpan(
            operationName, context: context, trace: trace, kind: SpanKind(kind), telemetry: telemetry,
            start: foreignTime(instant()) ?? telemetry.world.now)
    }

    @available(*, deprecated, message: "prefer withSpan")
    public func startAnySpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: Tracing.SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> any Tracing.Span {
        startSpan(
            operationName, context: context(), ofKind: kind, at: instant(), function: function, file: fileID,
            line: line)
    }

    /// Nothing waits to be written: a span is stored when it ends.
    public func forceFlush() {}

    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let header = extractor.extract(key: "traceparent", from: carrier),
            let trace = TraceContext(traceparent: header)
        else { return }
        context[TraceContextKey.self] = trace
    }

    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context[TraceContextKey.self] else { return }
        injector.inject(trace.traceparent, forKey: "traceparent", into: &carrier)
    }
}

/// Where a swift-distributed-tracing context keeps our trace context.
public enum TraceContextKey: ServiceContextKey {
    public typealias Value = TraceContext
    public static var nameOverride: String? { "flotilla-trace" }
}

extension CallContext {
    /// The context for libraries that trace with swift-distributed-tracing.
    public var serviceContext: ServiceContext {
        var context = ServiceContext.topLevel
        context[TraceContextKey.self] = trace
        return context
    }
}

/// The time of an instant, unless it is one of the library's own clock, which asks the machine.
func foreignTime<Instant: TracerInstant>(_ instant: @autoclosure () -> Instant) -> Timestamp? {
    guard Instant.self != DefaultTracerClock.Timestamp.self else { return nil }
    return Timestamp(microseconds: Int64(clamping: instant().nanosecondsSinceEpoch / 1_000))
}

extension SpanKind {
    fileprivate init(_ kind: Tracing.SpanKind) {
        self =
            switch kind {
            case .server: .server
            case .client: .client
            case .producer: .producer
            case .consumer: .consumer
            case .internal: .internal
            }
    }
}
