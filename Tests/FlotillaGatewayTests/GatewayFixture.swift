internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import HTTPTypes
internal import Synchronization

/// Takes tokens of the form `role:id:tier`.
struct PlainTokens: Authenticator {
    func principal(for token: Secret) async throws -> Principal {
        let parts = token.exposed.split(separator: ":").map(String.init)
        guard parts.count == 3 else { throw ServiceError(.unauthenticated, "invalid-token", "The token is not valid.") }
        return Principal(id: parts[1], role: .init(rawValue: parts[0]), tier: parts[2])
    }
}

/// A directory out of which services can be taken.
final class Switchboard: ServiceDirectory {
    private let responders: Mutex<[String: any Responder]>
    init(_ responders: [String: any Responder]) { self.responders = Mutex(responders) }
    func responder(for service: String) -> (any Responder)? { responders.withLock { $0[service] } }
    func remove(_ service: String) { responders.withLock { $0[service] = nil } }
    func put(_ service: String, _ responder: any Responder) { responders.withLock { $0[service] = responder } }
}

struct Echo: ResponseBody {
    var text: String
    static let example = Echo(text: "hello")
    func write(to json: inout JSONWriter) { json.object { $0.field("text", text) } }
}

/// A gateway before two services that say what they were sent.
struct GatewayFixture {
    let time = ManualTime()
    let world: World
    let telemetry: Telemetry
    let policies: PolicyRegistry
    let gateway: Gateway
    let directory: Switchboard

    static let routes = [
        GatewayRoute([.get, .post], "/api/v1/orders", to: "orders", access: .signedIn),
        GatewayRoute([.get], "/api/v1/orders/{id}", to: "orders", access: .anyone),
        GatewayRoute([.delete], "/api/v1/orders/{id}", to: "orders", access: .roles([.admin])),
        GatewayRoute([], "/api/v1/products/{rest...}", to: "catalog", access: .anyone, limitClass: "products"),
    ]

    init(limits: RateLimitPlan = .off) throws {
        world = World.manual(time)
        telemetry = Telemetry.silent(service: "gateway", world: world)
        var services: [String: any Responder] = [:]
        for name in ["orders", "catalog"] {
            services[name] = ServiceResponder(
                service: name, routes: Self.serviceRoutes(name), verifier: PlainTokens(),
                telemetry: telemetry.renamed(name), world: world)
        }
        directory = Switchboard(services)
        policies = PolicyRegistry(world: world)
        gateway = try Gateway(
            GatewayConfiguration(
                routes: Self.routes, limits: limits, criticalServices: ["orders"], helpfulServices: ["catalog"]),
            directory: directory, policies: policies, verifier: PlainTokens(), telemetry: telemetry, world: world)
    }

    /// What the service saw of the request, in one line.
    private static func serviceRoutes(_ service: String) -> Routes {
        var routes = Routes(prefix: "/api/v1")
        let echo: @Sendable (Call) async throws -> Answer<Echo> = { call in
            let names: [HTTPField.Name] = [.userID, .userRole, .serviceID]
            let seen = names.map { call.header($0) ?? "-" }.joined(separator: " ")
            return Answer(Echo(text: "\(service) \(seen) \(call.principal?.id ?? "nobody")"))
        }
        for path in ["/orders", "/orders/{id}", "/products/{id}", "/internal"] {
            routes.add(.get, path, access: .anyone, summary: "Echo", answers: Echo.self, echo)
        }
        routes.add(.delete, "/orders/{id}", access: .anyone, summary: "Echo", answers: Echo.self, echo)
        return routes
    }

    func send(
        _ method: HTTPRequest.Method = .get, _ path: String, token: String? = nil, headers: HTTPFields = [:],
        from address: String = "203.0.113.7"
    ) async -> Response {
        var headers = headers
        headers[.authorization] = token.map { "Bearer \($0)" }
        return await gateway.respond(to: Request(method, target: path, headers: headers, remoteAddress: address))
    }
}

extension Response {
    func json() throws -> JSONValue { try JSONValue(parsing: bytes ?? [], bytesMax: 4 << 20) }
    func slug() throws -> String? { try json()["type"]?.string?.split(separator: "/").last.map(String.init) }
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}
