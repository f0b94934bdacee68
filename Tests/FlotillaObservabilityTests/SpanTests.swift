internal import FlotillaCore
internal import FlotillaObservability
internal import Testing
internal import Tracing

private typealias Span = FlotillaObservability.Span

@Suite("Spans") struct SpanTests {
    let time = ManualTime()
    let world: World
    let telemetry: Telemetry

    init() {
        world = World.manual(time)
        telemetry = Telemetry.silent(service: "orders", world: world)
    }

    private func root(isSampled: Bool = true) -> CallContext {
        var context = CallContext.root(world, timeout: .seconds(5))
        context.trace.isSampled = isSampled
        return context
    }

    private func span(
        _ id: Int, trace: String = "t", service: String = "orders", ms: Int = 1, error: String? = nil
    ) -> Span {
        Span(
            traceID: trace, spanID: "s\(id)", service: service, name: "work", start: Timestamp(seconds: Int64(id)),
            duration: .milliseconds(ms), error: error)
    }

    @Test("a span has its parent, its duration and its attributes, redacted")
    func success() async {
        let context = root()
        let inner = await telemetry.span("outer", context, kind: .server, attributes: ["token": "x"]) { outer in
            time.advance(by: .milliseconds(3))
            return await telemetry.span("inner", outer) { inner in
                time.advance(by: .milliseconds(4))
                return inner.trace
            }
        }
        let spans = telemetry.spans.trace(context.trace.traceID)
        #expect(spans.map(\.name) == ["outer", "inner"])
        #expect(spans[0].parentSpanID == context.trace.spanID)
        #expect(spans[0].kind == .server)
        #expect(spans[0].duration == .milliseconds(7))
        #expect(spans[0].attributes == ["token": "[redacted]"])
        #expect(spans[1].parentSpanID == spans[0].spanID)
        #expect(spans[1].spanID == inner.spanID)
        #expect(spans[1].start == spans[0].start + .milliseconds(3))
        #expect(spans.allSatisfy { $0.error == nil && $0.service == "orders" })
    }

    @Test("an error is recorded and goes on")
    func failure() async {
        let context = root()
        let error = ServiceError(.conflict, "sold-out", "none left of 4242424242424242")
        await #expect(throws: ServiceError.self) {
            try await telemetry.span("reserve", context) { _ in throw error }
        }
        #expect(telemetry.spans.trace(context.trace.traceID).map(\.error) == ["sold-out: none left of [card]"])
    }

    @Test("a trace that is not sampled leaves nothing, but its errors")
    func sampling() async {
        let context = root(isSampled: false)
        await telemetry.span("fine", context) { child in #expect(!child.trace.isSampled) }
        await #expect(throws: CancellationError.self) {
            try await telemetry.span("bad", context) { _ in throw CancellationError() }
        }
        #expect(telemetry.spans.spans().map(\.name) == ["bad"])
        #expect(telemetry.spans.spans().first?.error == "cancelled")
    }

    @Test("the store finds by service, duration, error and name, latest first where there are many")
    func queries() {
        let store = SpanStore(capacity: 100)
        store.record(span(1, trace: "a", ms: 5))
        store.record(span(2, trace: "a", service: "payments", ms: 50, error: "declined"))
        store.record(span(3, trace: "b", ms: 500))
        #expect(store.spans(SpanQuery(service: "payments")).map(\.spanID) == ["s2"])
        #expect(store.spans(SpanQuery(minDuration: .milliseconds(50))).map(\.spanID) == ["s2", "s3"])
        #expect(store.spans(SpanQuery(hasError: true)).map(\.spanID) == ["s2"])
        #expect(store.spans(SpanQuery(hasError: false, limit: 1)).map(\.spanID) == ["s3"])
        #expect(store.spans(SpanQuery(since: Timestamp(seconds: 2))).map(\.spanID) == ["s2", "s3"])
        #expect(store.spans(SpanQuery(traceID: "a", name: "work")).map(\.spanID) == ["s1", "s2"])
        let summaries = store.traces()
        #expect(summaries.map(\.traceID) == ["b", "a"])
        #expect(summaries[1].services == ["orders", "payments"])
        #expect(summaries[1].spanCount == 2)
        #expect(summaries[1].errorCount == 1)
        #expect(summaries[1].duration == .milliseconds(1_050))
        #expect(store.traces(SpanQuery(hasError: true)).map(\.traceID) == ["a"])
        #expect(store.traces(SpanQuery(limit: 1)).map(\.traceID) == ["b"])
    }

    @Test("a store for nothing keeps nothing")
    func nothing() {
        let store = SpanStore(capacity: 0)
        store.record(span(1, trace: "a"))
        #expect(store.spans().isEmpty && store.trace("a").isEmpty && store.recordedCount == 0)
    }

    @Test("the store and its index forget the oldest")
    func eviction() {
        let store = SpanStore(capacity: 3)
        for id in 1...5 { store.record(span(id, trace: id % 2 == 0 ? "even" : "odd")) }
        #expect(store.spans().map(\.spanID) == ["s3", "s4", "s5"])
        #expect(store.trace("odd").map(\.spanID) == ["s3", "s5"])
        #expect(store.trace("even").map(\.spanID) == ["s4"])
        for id in 6...8 { store.record(span(id, trace: "new")) }
        #expect(store.trace("odd").isEmpty)
        #expect(store.trace("new").count == 3)
        #expect(store.recordedCount == 8)
        let part = store.spans(after: 0, limit: 2)
        #expect(part.spans.map(\.spanID) == ["s6", "s7"])
        #expect(store.spans(after: part.next, limit: 2).spans.map(\.spanID) == ["s8"])
    }

    @Test("libraries that trace with swift-distributed-tracing become part of the trace")
    func tracer() {
        let tracer = TelemetryTracer(telemetry: telemetry)
        let context = root()
        let span = tracer.startSpan("query", context: context.serviceContext, ofKind: .client)
        time.advance(by: .milliseconds(2))
        span.attributes["db.rows"] = 3
        span.attributes["password"] = "x"
        span.addEvent("retried")
        span.end()
        span.end()
        let stored = telemetry.spans.trace(context.trace.traceID)
        #expect(stored.count == 1)
        #expect(stored[0].parentSpanID == context.trace.spanID)
        #expect(stored[0].duration == .milliseconds(2))
        #expect(stored[0].kind == .client)
        #expect(stored[0].attributes == ["db.rows": "3", "password": "[redacted]", "event.0": "retried"])
        #expect(!span.isRecording)
    }

    @Test("a failing span of a library has its error")
    func tracerError() {
        let tracer = TelemetryTracer(telemetry: telemetry)
        let context = root(isSampled: false)
        #expect(throws: CancellationError.self) {
            try tracer.withSpan("query", context: context.serviceContext) { _ in throw CancellationError() }
        }
        #expect(telemetry.spans.trace(context.trace.traceID).map(\.error) == ["cancelled"])
    }

    @Test("contexts travel as traceparent, and what is no traceparent is left out")
    func propagation() {
        let tracer = TelemetryTracer(telemetry: telemetry)
        let context = root()
        var headers: [String: String] = [:]
        tracer.inject(context.serviceContext, into: &headers, using: Headers())
        #expect(headers == ["traceparent": context.trace.traceparent])
        var received = ServiceContext.topLevel
        tracer.extract(headers, into: &received, using: Headers())
        #expect(received[TraceContextKey.self]?.traceID == context.trace.traceID)
        var other = ServiceContext.topLevel
        tracer.extract(["traceparent": "nonsense"], into: &other, using: Headers())
        #expect(other.isEmpty)
    }

    private struct Headers: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    }
}
