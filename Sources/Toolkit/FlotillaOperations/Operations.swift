internal import FlotillaCore
public import FlotillaHTTP
public import FlotillaObservability
public import FlotillaRuntime
internal import HTTPTypes

/// The operations API of a fleet: what runs, what waits, what failed, and the drills.
///
/// It is meant for a port of its own on the loopback interface. Reading needs no identity there;
/// writes refuse requests that a web page of another origin could have caused (``OriginGuard``).
public struct Operations: Responder {
    private let responder: ServiceResponder
    private let originGuard: OriginGuard

    /// - Parameters:
    ///   - logs: what `/ops/logs` shows.
    ///   - telemetry: of the operations API; its metrics are shown as well.
    ///   - otherMetrics: registries of what runs beside the services in this process, none of them `telemetry`'s
    ///     own: a registry that is named twice has every series twice.
    public init(
        fleet: Fleet, logs: MemoryLogSink, telemetry: Telemetry, title: String,
        otherMetrics: [MetricsRegistry] = []
    ) {
        var routes = Routes()
        FleetOperations(fleet: fleet).add(to: &routes)
        SagaOperations(fleet: fleet).add(to: &routes)
        DeliveryOperations(fleet: fleet).add(to: &routes)
        TelemetryOperations(fleet: fleet, logs: logs, spans: fleet.options.spans).add(to: &routes)
        PolicyOperations(fleet: fleet, telemetry: telemetry).add(to: &routes)
        let process = ProcessMetrics(
            registry: telemetry.metrics, world: telemetry.world, diskPath: fleet.options.dataFolder)
        let registries = [telemetry.metrics] + (fleet.options.livePolicies.map { [$0.metrics] } ?? []) + otherMetrics
        routes.addRaw(
            .get, "/ops/metrics", access: .anyone, summary: "All metrics of this process", produces: "text/plain"
        ) { _ in
            _ = process.collect()
            let families = MetricFamily.merged([fleet.metrics()] + registries.map { $0.snapshot() })
            return Response(
                .ok, headers: [.contentType: PrometheusText.contentType],
                body: .bytes(Array(PrometheusText.render(families).utf8)))
        }
        routes.addRaw(
            .get, "/", access: .anyone, summary: "What runs here, as a page", produces: "text/html"
        ) { _ in
            await OperationsPage(fleet: fleet, title: title).response()
        }
        responder = ServiceResponder(
            service: "operations", routes: routes, telemetry: telemetry, world: telemetry.world,
            timeout: .seconds(30))
        originGuard = OriginGuard()
    }

    public func respond(to request: Request) async -> Response {
        if let refusal = originGuard.refusal(of: request) { return refusal }
        var request = request
        // The port's `/metrics` is that of the whole process, not of the operations API alone.
        if request.path == "/metrics" { request.path = "/ops/metrics" }
        return await responder.respond(to: request)
    }
}
