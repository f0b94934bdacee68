internal import FlotillaHTTP
internal import FlotillaObservability
internal import HTTPTypes

/// How the gateway is: as its services are.
enum GatewayHealth {
    static func checks(_ configuration: GatewayConfiguration, directory: any ServiceDirectory) -> [HealthCheck] {
        let critical = configuration.criticalServices.map { ($0, true) }
        let helpful = configuration.helpfulServices.map { ($0, false) }
        return (critical + helpful).map { service, isCritical in
            HealthCheck(name: service, isCritical: isCritical) { await ask(service, directory) }
        }
    }

    private static func ask(_ service: String, _ directory: any ServiceDirectory) async -> HealthResult {
        guard let responder = directory.responder(for: service) else { return .unhealthy("\(service) is away") }
        let response = await responder.respond(to: Request(.get, "/health/ready"))
        // A report that cannot be read says no more than its status code.
        let report = try? JSONValue(parsing: await response.collect())
        let status = report?["status"]?.string ?? "of no known status"
        guard response.status.code == 200 else { return .unhealthy("\(service) is \(status)") }
        return status == HealthStatus.degraded.rawValue ? .degraded("\(service) is degraded") : .healthy
    }

    static func response(_ report: HealthReport) -> Response {
        .json(
            report.json(), status: HTTPResponse.Status(code: report.httpStatus), headers: [.cacheControl: "no-store"])
    }
}
