internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes

/// A customer's, or an operator's, view of a running Shop: over real sockets.
struct ShopClient: Sendable {
    static let demoPassword = "sail-on-2026"

    let gateway: RemoteResponder
    let operations: RemoteResponder
    let world: World
    var accessToken: String?

    init(gateway: String, operations: String, connections: RemoteConnections, world: World = .system()) {
        // Streams are open for as long as an order takes.
        self.gateway = RemoteResponder(
            "the gateway", at: gateway, connections: connections, world: world, timeout: .seconds(60))
        self.operations = RemoteResponder(
            "the operations port", at: operations, connections: connections, world: world, timeout: .seconds(60))
        self.world = world
    }

    // MARK: Calls

    func send(_ request: Request) async throws -> Reply {
        var request = request
        if let accessToken, request.headers[.authorization] == nil {
            request.headers[.authorization] = "Bearer \(accessToken)"
        }
        return try await Reply(request, try await gateway.send(request))
    }

    func call(
        _ method: HTTPRequest.Method, _ target: String, _ body: JSONValue? = nil, headers: [String: String] = [:]
    ) async throws -> Reply {
        var request = Request(method, target: target, body: body?.bytes() ?? [])
        if body != nil { request.headers[.contentType] = "application/json" }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            if let name = HTTPField.Name(name) { request.headers[name] = value }
        }
        return try await send(request)
    }

    func get(_ target: String) async throws -> Reply { try await call(.get, target) }

    /// Asks the operations port.
    func operate(_ method: HTTPRequest.Method, _ target: String) async throws -> Reply {
        let request = Request(method, target: target)
        return try await Reply(request, try await operations.send(request))
    }

    // MARK: Who calls

    /// The same Shop as seen by somebody with that token.
    func bearing(_ token: String?) -> ShopClient {
        var copy = self
        copy.accessToken = token
        return copy
    }

    func signedIn(as email: String, password: String = demoPassword) async throws -> ShopClient {
        let reply = try await bearing(nil).call(
            .post, "/api/v1/sessions", ["email": .string(email), "password": .string(password)])
        return bearing(try reply.expecting(200).string("accessToken"))
    }

    /// Registers somebody new and signs them in.
    func newCustomer(password: String = "a long enough password") async throws -> ShopClient {
        let email = "\(world.ids.make().lowercased())@shop.example"
        try await bearing(nil).call(
            .post, "/api/v1/users",
            ["email": .string(email), "password": .string(password), "name": "Test Customer"]
        ).expecting(201)
        return try await signedIn(as: email, password: password)
    }

    func administrator() async throws -> ShopClient { try await signedIn(as: "root@shop.example") }
}
