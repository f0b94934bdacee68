public import FlotillaCore
public import FlotillaObservability
internal import FlotillaResilience
internal import HTTPTypes

/// A service as something that answers HTTP requests: its routes, and around them what every service needs.
///
/// For each request it goes on with the trace or starts one, checks the token if there is one, finds
/// the route and who may use it, bounds the time, turns every error into a problem document, and
/// records metrics, a span and a log line. It adds `/health`, `/health/live`, `/health/ready`,
/// `/metrics` and `/openapi.json`.
public struct ServiceResponder: PunctualResponder {
    /// The name in metrics, health and documentation.
    public let service: String
    /// The OpenAPI document of the routes.
    public let openAPI: OpenAPIDocument
    private let router: Router
    private let authenticator: (any Authenticator)?
    private let world: World
    private let timeout: Duration
    private let recorder: RequestRecorder

    /// - Parameters:
    ///   - verifier: checks bearer tokens; without one every caller is anonymous.
    ///   - health: answers the health routes; by default a monitor without checks that is in service.
    ///   - version: of the service, for health and documentation.
    ///   - timeout: how long a request may take at most; then its work is cancelled and it is answered 504.
    public init(
        service: String, routes: Routes, verifier: (any Authenticator)? = nil, telemetry: Telemetry, world: World,
        health: HealthMonitor? = nil, version: String = "1.0.0", timeout: Duration = .seconds(5)
    ) {
        self.service = service
        self.world = world
        self.timeout = timeout
        authenticator = verifier
        openAPI = OpenAPIDocument(service: service, version: version, routes: routes)
        let health =
            health ?? HealthMonitor(service: service, version: version, world: world, isInService: true)
        var all = routes
        all.add(BuiltInRoutes.make(health: health, metrics: telemetry.metrics, openAPI: openAPI))
        router = Router(all)
        recorder = RequestRecorder(
            telemetry: telemetry,
            routes: all.all.map { .init(method: $0.method.rawValue, path: $0.path.description) })
    }

    /// Answers one request; safe to call from any number of tasks.
    public func respond(to request: Request) async -> Response {
        let started = recorder.start()
        var context = request.context(world, timeout: timeout)
        var route: Int?
        var failure: (any Error)?
        var response: Response
        do {
            switch router.find(request) {
            case .refused(let refusal): throw refusal
            case .found(let index, let parameters):
                route = index
                response = try await answer(request, router.routes[index], parameters, &context)
            }
        } catch {
            failure = error
            response = Problem.response(for: error, traceID: context.trace.traceID)
        }
        if request.method == .head { response.dropBody() }
        recorder.finish(started, request, route: route, context, &response, failure: failure)
        return response
    }

    private func answer(
        _ request: Request, _ route: Route, _ parameters: [(name: String, value: String)],
        _ context: inout CallContext
    ) async throws -> Response {
        if let authenticator, let token = request.bearerToken {
            context.principal = try await authenticator.principal(for: token)
            context.token = token
        }
        try route.access.check(context.principal)
        return try await withDeadline(context, on: world.time, of: service) { context in
            try await route.handler(Call(request: request, context: context, pathValues: parameters))
        }
    }
}

extension Response {
    /// What answers `HEAD`: the head that `GET` would have.
    mutating func dropBody() {
        if case .bytes(let bytes) = body { headers[.contentLength] = String(bytes.count) }
        body = .bytes([])
    }
}
