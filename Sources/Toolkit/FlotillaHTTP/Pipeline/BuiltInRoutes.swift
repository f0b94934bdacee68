internal import FlotillaObservability
internal import HTTPTypes

/// The routes every service has.
enum BuiltInRoutes {
    static func make(health: HealthMonitor, metrics: MetricsRegistry, openAPI: OpenAPIDocument) -> Routes {
        var routes = Routes()
        routes.addRaw(
            .get, "/health", access: .anyone, summary: "How the service is, with its checks and resources",
            produces: "application/json"
        ) { _ in response(await health.report()) }
        routes.addRaw(
            .get, "/health/live", access: .anyone, summary: "Whether the process lives",
            produces: "application/json"
        ) { _ in response(health.live()) }
        routes.addRaw(
            .get, "/health/ready", access: .anyone, summary: "Whether work should be sent here",
            produces: "application/json"
        ) { _ in response(await health.ready()) }
        routes.addRaw(
            .get, "/metrics", access: .anyone, summary: "Metrics for Prometheus", produces: "text/plain"
        ) { _ in
            Response(
                .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .bytes(Array(metrics.prometheusText().utf8)))
        }
        routes.addRaw(
            .get, "/openapi.json", access: .anyone, summary: "What the service can be asked for",
            produces: "application/json"
        ) { call in Response.json(openAPI.bytes()).tagged(for: call.request) }
        return routes
    }

    private static func response(_ report: HealthReport) -> Response {
        let status = HTTPResponse.Status(code: report.httpStatus)
        return Response.json(report.json(), status: status, headers: [.cacheControl: "no-store"])
    }
}
