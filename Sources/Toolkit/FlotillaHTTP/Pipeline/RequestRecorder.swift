package import FlotillaCore
package import FlotillaObservability
internal import HTTPTypes
internal import Synchronization

/// What is kept of every request: metrics by rate, errors and duration, a span, and a line in the log.
///
/// One for each table of routes; metric handles are looked up once for each route and status.
package struct RequestRecorder: Sendable {
    /// How one route is called in metrics and spans.
    package struct RouteName: Sendable {
        package var method: String
        package var path: String

        package init(method: String, path: String) {
            self.method = method
            self.path = path
        }
    }

    /// A request that is being answered.
    package struct Started: Sendable {
        package var time: Timestamp
        package var uptime: Duration
    }

    private let telemetry: Telemetry
    private let series: [RouteSeries]
    private let watchesStreams: Bool

    /// - Parameters:
    ///   - routes: in the order of their indices; what fits none of them is counted apart.
    ///   - watchesStreams: whether streams that break off are logged; not where another has logged them already.
    package init(telemetry: Telemetry, routes: [RouteName], watchesStreams: Bool = true) {
        self.telemetry = telemetry
        self.watchesStreams = watchesStreams
        let all = routes + [RouteName(method: "any", path: "unmatched")]
        series = all.map { RouteSeries(service: telemetry.service, route: $0, metrics: telemetry.metrics) }
    }

    package func start() -> Started {
        Started(time: telemetry.world.now, uptime: telemetry.world.time.uptime)
    }

    /// Records what became of a request, and puts the trace into the response.
    ///
    /// - Parameters:
    ///   - route: its index; nil when none fits.
    ///   - failure: what was thrown on the way, if anything was.
    package func finish(
        _ started: Started, _ request: Request, route: Int?, _ context: CallContext,
        _ response: inout Response, failure: (any Error)?
    ) {
        let duration = telemetry.world.time.uptime - started.uptime
        let code = response.status.code
        let series = series[route ?? series.count - 1]
        series.observe(code, duration)
        stamp(&response, context)
        watchStream(&response, context, series.name)
        let failure = failure.map(Problem.described)
        if let failure, failure.kind == .internal {
            telemetry.log(.error, "request failed", context, error: failure, ["route": series.name])
        }
        if telemetry.recordsSpans, context.trace.isSampled || code >= 500 {
            telemetry.recordSpan(
                Span(
                    context.trace, service: telemetry.service, name: series.name, kind: .server,
                    start: started.time, duration: duration,
                    attributes: ["http.response.status_code": String(code)],
                    error: code >= 500 ? failure?.slug ?? response.status.reasonPhrase : nil))
        }
        telemetry.log(
            .debug, "request answered", context,
            [
                "method": request.method.rawValue, "path": request.path, "route": series.name,
                "status": String(code), "durationMs": String(duration.milliseconds),
                "problem": failure?.slug ?? "", "user": context.principal?.id ?? "",
            ])
    }

    /// Counts a request by itself: one turned away, or forwarded as it came. It leaves no span and no line in the
    /// log: there may be very many of them.
    package func count(_ started: Started, route: Int?, status: Int) {
        series[route ?? series.count - 1].observe(status, telemetry.world.time.uptime - started.uptime)
    }

    private func stamp(_ response: inout Response, _ context: CallContext) {
        response.headers[.traceID] = context.trace.traceID
        response.headers[.spanID] = context.trace.spanID
        response.headers[.correlationID] = context.correlationID
    }

    /// A stream fails after the response has begun: nobody but the log can be told.
    private func watchStream(_ response: inout Response, _ context: CallContext, _ name: String) {
        guard watchesStreams, case .stream(let write) = response.body else { return }
        let telemetry = telemetry
        response.body = .stream { body in
            do {
                try await write(body)
            } catch {
                // A receiver that went away cancels the stream: that is how streams end.
                if !(error is CancellationError), !Task.isCancelled {
                    telemetry.log(.error, "stream broke off", context, error: error, ["route": name])
                }
                throw error
            }
        }
    }
}

/// The metric handles of one route.
private final class RouteSeries: Sendable {
    /// `GET /orders/{id}`.
    let name: String
    private let service: String
    private let route: RequestRecorder.RouteName
    private let metrics: MetricsRegistry
    private let duration: Histogram
    private let counters = Mutex<[Int: Counter]>([:])

    init(service: String, route: RequestRecorder.RouteName, metrics: MetricsRegistry) {
        name = "\(route.method) \(route.path)"
        self.service = service
        self.route = route
        self.metrics = metrics
        duration = metrics.histogram(
            "http_request_duration_seconds", "How long requests took until the response began.",
            labels: [("service", service), ("method", route.method), ("route", route.path)],
            buckets: Histogram.requestSeconds)
    }

    func observe(_ status: Int, _ time: Duration) {
        duration.observe(time)
        let counter = counters.withLock { counters in
            if let known = counters[status] { return known }
            let counter = metrics.counter(
                "http_requests_total", "Requests answered.",
                labels: [
                    ("service", service), ("method", route.method), ("route", route.path),
                    ("status", String(status)),
                ])
            counters[status] = counter
            return counter
        }
        counter.increment()
    }
}
