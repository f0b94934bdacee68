package import FlotillaCore
package import FlotillaObservability
package import HTTPTypes

/// Makes the answers to requests that no responder gets to see, and counts them.
///
/// They are counted in `http_requests_total` with the route `unread`, so that they are in every sum of requests.
package struct Refusals: Sendable {
    package let limits: ServerLimits
    private let world: World
    private let telemetry: Telemetry?
    private let dates: DateHeader

    package init(limits: ServerLimits, world: World, telemetry: Telemetry?) {
        self.init(limits: limits, world: world, telemetry: telemetry, dates: DateHeader(time: world.time))
    }

    init(limits: ServerLimits, world: World, telemetry: Telemetry?, dates: DateHeader) {
        self.limits = limits
        self.world = world
        self.telemetry = telemetry
        self.dates = dates
    }

    /// The answer for `error`, complete.
    ///
    /// - Parameters:
    ///   - request: nil when it could not be read.
    ///   - isLast: whether the connection is closed after it.
    package func response(for error: any DescribedError, to request: Request?, isLast: Bool) -> Response {
        let context = request?.context(world, timeout: .zero) ?? .root(world, timeout: .zero)
        var response = Problem.response(for: error, traceID: context.trace.traceID)
        response.headers[.traceID] = context.trace.traceID
        response.headers[.correlationID] = context.correlationID
        response.headers[.date] = dates.value
        response.headers[.contentLength] = String(response.bytes?.count ?? 0)
        if isLast { response.headers[.connection] = "close" }
        count(response.status.code)
        telemetry?.log(.debug, "request refused", context, error: error, ["path": request?.path ?? ""])
        return response
    }

    private func count(_ status: Int) {
        guard let telemetry else { return }
        let labels = [
            ("service", telemetry.service), ("method", "any"), ("route", "unread"), ("status", String(status)),
        ]
        telemetry.metrics.counter("http_requests_total", "Requests answered.", labels: labels).increment()
    }
}

extension StatusError {
    /// What was sent is no HTTP/1 request (400).
    package static func malformedHTTP(_ what: String, status: HTTPResponse.Status = .badRequest) -> StatusError {
        StatusError(
            status: status, kind: .malformed, slug: "malformed-http",
            detail: "\(what) Send HTTP/1.1 as RFC 9112 has it, on a new connection.")
    }

    /// The header is more than is read (431).
    package static func headersTooLarge(_ limits: ServerLimits) -> StatusError {
        StatusError(
            status: .requestHeaderFieldsTooLarge, kind: .tooLarge, slug: "headers-too-large",
            detail: "The header may have \(limits.headerBytesMax) bytes in \(limits.headerCountMax) fields; send less.")
    }

    /// The body is more than is read (413).
    package static func bodyTooLarge(_ limits: ServerLimits) -> ServiceError {
        ServiceError(.tooLarge, "too-large", "The body is longer than \(limits.bodyBytesMax) bytes.")
    }

    /// There is no answer from where the request was forwarded to (502 or 504).
    package static func badGateway(_ status: Int, _ slug: String, _ detail: String) -> StatusError {
        StatusError(
            status: HTTPResponse.Status(integerLiteral: status), kind: status == 504 ? .timeout : .internal, slug: slug,
            detail: detail)
    }

    /// A part of the request did not come in time (408).
    package static func tooSlow(_ part: String, _ time: Duration) -> StatusError {
        StatusError(
            status: .requestTimeout, kind: .timeout, slug: "too-slow",
            detail: "The \(part) did not arrive within \(time.inSeconds) s.")
    }

    /// Path and query are more than is read (414).
    package static func targetTooLong(_ limits: ServerLimits) -> StatusError {
        StatusError(
            status: .uriTooLong, kind: .tooLarge, slug: "target-too-long",
            detail: "Path and query may have \(limits.targetBytesMax) bytes together; send less.")
    }
}
