internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaSimulation
internal import HTTPTypes
internal import Synchronization

/// Somebody with an account, signed in when it has to be.
final class Caller: Sendable {
    let name: String
    let shop: SimulatedShop
    private let email: String
    private let password: String
    private let token = Mutex<String?>(nil)

    init(_ name: String, shop: SimulatedShop, email: String, password: String = "sail-on-2026") {
        self.name = name
        self.shop = shop
        self.email = email
        self.password = password
    }

    /// Sends a request; signs in first, and again when the token is refused.
    func call(
        _ method: HTTPRequest.Method, _ target: String, _ body: JSONValue? = nil, key: String? = nil,
        about subject: String = ""
    ) async -> Reply {
        for attempt in 1...2 {
            var request = Request(method, target: "/api/v1" + target, body: body?.bytes() ?? [])
            if body != nil { request.headers[.contentType] = "application/json" }
            if let key, let name = HTTPField.Name("Idempotency-Key") { request.headers[name] = key }
            guard let token = await signedIn() else { break }
            request.headers[.authorization] = "Bearer \(token)"
            let reply = await shop.send(request, from: name, about: subject)
            guard reply.status == 401, attempt == 1 else { return reply }
            self.token.withLock { $0 = nil }
        }
        return await Reply(.text("cannot sign in", status: .serviceUnavailable))
    }

    /// Does it again until there is a definite answer, or `attempts` are used up.
    func insist(
        attempts: Int = 8, _ method: HTTPRequest.Method, _ target: String, _ body: JSONValue? = nil,
        key: String? = nil, about subject: String = ""
    ) async throws -> Reply {
        var reply = await call(method, target, body, key: key, about: subject)
        var attempt = 1
        while reply.isUnknown, attempt < attempts {
            try await shop.lab.world.time.sleep(for: .seconds(1) + .seconds(5) * shop.lab.world.random.unit())
            reply = await call(method, target, body, key: key, about: subject)
            attempt += 1
        }
        return reply
    }

    private func signedIn() async -> String? {
        if let token = token.withLock({ $0 }) { return token }
        var request = Request(.post, "/api/v1/sessions")
        request.headers[.contentType] = "application/json"
        request.body = (["email": .string(email), "password": .string(password)] as JSONValue).bytes()
        let reply = await shop.send(request, from: name)
        guard let token = reply.text("accessToken") else { return nil }
        self.token.withLock { $0 = token }
        return token
    }

    /// Makes the account.
    func register() async throws {
        let body: JSONValue = [
            "email": .string(email), "password": .string(password), "name": .string("Customer \(name)"),
        ]
        for _ in 1...20 {
            var request = Request(.post, "/api/v1/users", body: body.bytes())
            request.headers[.contentType] = "application/json"
            let reply = await shop.send(request, from: name)
            if reply.status == 201 || reply.status == 409 { return }
            try await shop.lab.world.time.sleep(for: .seconds(2))
        }
    }
}
