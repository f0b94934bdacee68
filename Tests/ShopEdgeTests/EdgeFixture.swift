internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import HTTPTypes
internal import ShopEdge
internal import Synchronization

/// Takes tokens of the form `role:id`.
struct PlainTokens: Authenticator {
    func principal(for token: Secret) async throws -> Principal {
        let parts = token.exposed.split(separator: ":").map(String.init)
        guard parts.count == 2 else { throw ServiceError(.unauthenticated, "invalid-token", "The token is not valid.") }
        return Principal(id: parts[1], role: .init(rawValue: parts[0]))
    }
}

/// A service of which a test knows every answer: path and query to status and JSON.
final class CannedService: Responder {
    private let answers: [String: (Int, String)]
    private let log = Mutex<[String]>([])
    init(_ answers: [String: (Int, String)]) { self.answers = answers }

    /// What was asked for, with whose token.
    var requests: [String] { log.withLock { $0 } }

    func respond(to request: Request) async -> Response {
        let token = request.headers[.authorization] ?? "no token"
        log.withLock { $0.append("\(request.method.rawValue) \(request.target) \(token)") }
        let (code, json) = answers[request.target]
            ?? (404, #"{"type":"/problems/not-found","title":"Not found","status":404,"detail":"No."}"#)
        return .json(Array(json.utf8), status: .init(code: code))
    }
}

final class Switchboard: ServiceDirectory {
    private let responders: Mutex<[String: any Responder]>
    init(_ responders: [String: any Responder]) { self.responders = Mutex(responders) }
    func responder(for service: String) -> (any Responder)? { responders.withLock { $0[service] } }
    func remove(_ service: String) { responders.withLock { $0[service] = nil } }
}

/// The Shop's gateway before services with known answers.
struct EdgeFixture {
    static let healthy = ["/health/ready": (200, #"{"status":"healthy"}"#)]

    let services: [String: CannedService]
    let directory: Switchboard
    let gateway: Gateway

    init(accounts: [(email: String, role: String)] = [("ada@shop.example", "customer")]) throws {
        let lines = #"[{"productId":"p2"},{"productId":"p1"},{"productId":"p2"}]"#
        let order = #"{"id":"o1","userId":"ada","status":"paid","items":\#(lines)}"#
        let payments = #"{"items":[{"id":"y1"},{"id":"y2"}],"nextCursor":null}"#
        let answers: [String: [String: (Int, String)]] = [
            "orders": ["/api/v1/orders/o1": (200, order)],
            "users": ["/api/v1/users/me": (200, #"{"id":"ada","name":"Ada"}"#)],
            "catalog": [
                "/api/v1/products/p1": (200, #"{"id":"p1"}"#), "/api/v1/products/p2": (200, #"{"id":"p2"}"#),
            ],
            "payments": ["/api/v1/payments?orderId=o1": (200, payments)],
            "shipping": ["/api/v1/shipments?orderId=o1": (200, #"{"items":[],"nextCursor":null}"#)],
            "carts": [:], "inventory": [:], "notifications": [:],
        ]
        services = answers.mapValues { CannedService($0.merging(Self.healthy) { own, _ in own }) }
        directory = Switchboard(services)
        let world = World.manual()
        gateway = try ShopGateway.make(
            directory: directory, policies: PolicyRegistry(world: world), verifier: PlainTokens(), limits: .off,
            facts: ShopFacts(
                publicURL: "http://127.0.0.1:8080", operationsURL: "http://127.0.0.1:8090", demoAccounts: accounts),
            telemetry: .silent(service: "gateway", world: world), world: world)
    }

    func get(_ target: String, token: String? = nil) async -> Response {
        var headers = HTTPFields()
        headers[.authorization] = token.map { "Bearer \($0)" }
        return await gateway.respond(to: Request(.get, target: target, headers: headers))
    }
}

extension Response {
    func json() throws -> JSONValue { try JSONValue(parsing: bytes ?? [], bytesMax: 4 << 20) }
    var text: String { String(decoding: bytes ?? [], as: UTF8.self) }
}
