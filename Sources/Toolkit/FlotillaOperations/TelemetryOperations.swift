internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRuntime
internal import HTTPTypes

/// `/ops/traces`, `/ops/logs` and `/ops/breakers`.
struct TelemetryOperations: Sendable {
    let fleet: Fleet
    let logs: MemoryLogSink
    let spans: SpanStore

    func add(to routes: inout Routes) {
        routes.add(
            .get, "/ops/traces", access: .anyone, summary: "Recent traces, newest first", query: TraceQuery.self,
            answers: Page<TraceAnswer>.self
        ) { _, query in
            let traces = spans.traces(
                SpanQuery(
                    service: query.service, minDuration: query.minDuration, hasError: query.hasError,
                    limit: query.limit))
            return Answer(Page(items: traces.map(TraceAnswer.init), nextCursor: nil))
        }
        routes.add(
            .get, "/ops/traces/{traceId}", access: .anyone, summary: "The spans of one trace, by their start",
            answers: Page<SpanAnswer>.self
        ) { call in
            let found = spans.trace(call.parameter("traceId"))
            guard !found.isEmpty else { throw ServiceError.notFound("trace") }
            return Answer(
                Page(items: found.sorted { ($0.start, $0.spanID) < ($1.start, $1.spanID) }.map(SpanAnswer.init),
                nextCursor: nil))
        }
        routes.add(
            .get, "/ops/logs", access: .anyone, summary: "Recent log lines, newest first", query: LogLineQuery.self,
            answers: Page<LogAnswer>.self
        ) { _, query in
            let records = logs.records(
                LogQuery(
                    traceID: query.traceID, correlationID: query.correlationID, service: query.service,
                    level: query.level, limit: query.limit))
            return Answer(Page(items: records.map(LogAnswer.init), nextCursor: nil))
        }
        routes.add(
            .get, "/ops/breakers", access: .anyone, summary: "The breakers of all remote calls",
            answers: Page<BreakerAnswer>.self
        ) { _ in
            Answer(Page(items: fleet.policies.snapshots().map(BreakerAnswer.init), nextCursor: nil))
        }
    }
}

struct TraceQuery: RequestInput {
    let service: String?
    let minDuration: Duration?
    let hasError: Bool?
    let limit: Int

    init(from fields: inout FieldReader) {
        service = fields.optionalString("service", length: 1...64)
        minDuration = fields.optionalInt("minDuration", in: 0...3_600_000).map { .milliseconds($0) }
        hasError = fields.optionalBool("error")
        limit = fields.optionalInt("limit", in: 1...1_000) ?? 100
    }
}

struct LogLineQuery: RequestInput {
    let traceID: String?
    let correlationID: String?
    let service: String?
    let level: LogLevel?
    let limit: Int

    init(from fields: inout FieldReader) {
        traceID = fields.optionalString("traceId", length: 1...64)
        correlationID = fields.optionalString("correlationId", length: 1...128)
        service = fields.optionalString("service", length: 1...64)
        level = fields.optionalValue("level")
        limit = fields.optionalInt("limit", in: 1...1_000) ?? 200
    }
}

struct TraceAnswer: ResponseBody {
    var trace: TraceSummary

    init(_ trace: TraceSummary) { self.trace = trace }

    static var example: TraceAnswer { TraceAnswer(TraceSummary([SpanAnswer.example.span])!) }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("traceId", trace.traceID)
            json.field("name", trace.name)
            json.field("service", trace.service)
            json.field("start", trace.start)
            json.field("durationUs", trace.duration.microseconds)
            json.field("spanCount", trace.spanCount)
            json.field("errorCount", trace.errorCount)
            json.field("services", trace.services)
        }
    }
}

struct SpanAnswer: ResponseBody {
    var span: Span

    init(_ span: Span) { self.span = span }

    static var example: SpanAnswer {
        SpanAnswer(
            Span(
                traceID: "4bf92f3577b34da6a3ce929d0e0e4736", spanID: "00f067aa0ba902b7",
                parentSpanID: "a3ce929d0e0e4736",
                service: "orders", name: "POST /api/v1/orders", kind: .server,
                start: Timestamp(seconds: 1_767_225_600), duration: .milliseconds(4),
                attributes: ["http.route": "/api/v1/orders"], error: "unavailable", isSampled: true))
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("traceId", span.traceID)
            json.field("spanId", span.spanID)
            json.field("parentSpanId", span.parentSpanID)
            json.field("service", span.service)
            json.field("name", span.name)
            json.field("kind", span.kind.rawValue)
            json.field("start", span.start)
            json.field("durationUs", span.duration.microseconds)
            json.object("attributes") { json in
                for (key, value) in span.attributes.sorted(by: { $0.key < $1.key }) { json.field(key, value) }
            }
            json.field("error", span.error)
        }
    }
}

struct LogAnswer: ResponseBody {
    var record: LogRecord

    init(_ record: LogRecord) { self.record = record }

    static var example: LogAnswer {
        LogAnswer(
            LogRecord(
                timestamp: Timestamp(seconds: 1_767_225_600), level: .warning, service: "orders",
                message: "a message failed and will be tried again", metadata: [.init("consumer", "orders")]))
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("timestamp", record.timestamp)
            json.field("level", record.level.rawValue)
            json.field("service", record.service)
            json.field("traceId", record.traceID)
            json.field("spanId", record.spanID)
            json.field("correlationId", record.correlationID)
            json.field("message", record.message)
            json.object("metadata") { json in
                for field in record.metadata { json.field(field.key, field.value) }
            }
        }
    }
}

struct BreakerAnswer: ResponseBody {
    var snapshot: GuardSnapshot

    init(_ snapshot: GuardSnapshot) { self.snapshot = snapshot }

    static var example: BreakerAnswer {
        let world = World.manual()
        return BreakerAnswer(
            PolicyRegistry(world: world).callGuard(from: "orders", to: "catalog.GetProducts").snapshot())
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("target", snapshot.target)
            json.field("policy", snapshot.policy)
            json.field("state", snapshot.breaker?.state.rawValue ?? "none")
            json.field("isForced", snapshot.breaker?.isForced ?? false)
            json.field("calls", snapshot.calls)
            json.field("attempts", snapshot.attempts)
            json.field("failures", snapshot.failures)
            json.field("timeouts", snapshot.timeouts)
            json.field("openings", snapshot.breaker?.openings ?? 0)
            json.field("refusals", snapshot.breaker?.refusals ?? 0)
        }
    }
}
