internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRPC
internal import FlotillaRuntime
internal import FlotillaSecurity
internal import FlotillaStorage
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopUsers

/// A signing key made once for all tests of a run: making one takes a noticeable time.
private let signingKey = Result { try SigningKey.generate() }

/// The whole service on a clock that is moved by hand, without sockets.
final class UsersBench: Sendable {
    let time: ManualTime
    let world: World
    let folder: TemporaryFolder
    let logs = MemoryLogSink()
    let telemetry: Telemetry
    let database: Database
    let outbox: Outbox
    let parts: ServiceParts
    let context: UsersContext
    let verifier: TokenVerifier
    private let responder: ServiceResponder

    init(texts: [String: String] = [:], folder: TemporaryFolder? = nil, time: ManualTime = ManualTime()) async throws {
        self.time = time
        world = .manual(time, seed: 11)
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        _ = try signingKey.get().create(at: folder.path(of: "signing.pem"))
        telemetry = Telemetry(service: "users", world: world, sink: logs, level: .trace)
        var options = Database.Options()
        options.writer = .inline
        let service = UsersService()
        database = try Database(
            path: folder.path(of: "users.sqlite"), migrations: [Outbox.migrations] + service.migrations, world: world,
            options: options)
        outbox = try await Outbox(producer: "users", database: database, world: world)
        let settings = ServiceSettings(
            texts: ["passwordHashing": "inline"].merging(texts) { $1 }, numbers: ["passwordCost": 4])
        let needs = ServiceNeeds(
            world: world, database: database, outbox: outbox, telemetry: telemetry, exchange: RPCExchange(),
            policies: PolicyRegistry(world: world), verifier: nil, settings: settings, folder: folder.path)
        parts = try await service.assemble(needs)
        context = try UsersService.context(needs)
        verifier = TokenVerifier(
            issuer: UsersService.defaultIssuer, audience: UsersService.defaultAudience, keys: context.tokens,
            world: world)
        responder = ServiceResponder(
            service: "users", routes: parts.routes, verifier: verifier, telemetry: telemetry, world: world)
    }

    /// What came back, read.
    struct Reply: Sendable {
        var status: Int
        var headers: HTTPFields
        var body: JSONValue?
        /// The last part of a problem's type.
        var slug: String? { body?["type"]?.string?.split(separator: "/").last.map(String.init) }
        subscript(_ name: String) -> JSONValue? { body?[name] }
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil, token: String? = nil,
        headers: HTTPFields = [:], from address: String = "192.0.2.1"
    ) async throws -> Reply {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        if body != nil { headers[.contentType] = "application/json" }
        return try await send(
            Request(method, path, headers: headers, body: body?.bytes() ?? [], remoteAddress: address))
    }

    func send(_ request: Request) async throws -> Reply {
        let response = await responder.respond(to: request)
        let bytes = try await response.collect()
        return Reply(
            status: response.status.code, headers: response.headers,
            body: bytes.isEmpty ? nil : try JSONValue(parsing: bytes))
    }

    // MARK: What most tests need first

    static let password = "correct horse"

    @discardableResult
    func register(_ email: String = "eve@shop.example", name: String = "Eve") async throws -> String {
        let reply = try await send(
            .post, "/api/v1/users",
            ["email": .string(email), "password": .string(Self.password), "name": .string(name)])
        #expect(reply.status == 201)
        return try #require(reply["id"]?.string)
    }

    struct Tokens: Sendable {
        var access: String
        var refresh: String
    }

    func signIn(_ email: String = "eve@shop.example", password: String = UsersBench.password) async throws -> Tokens {
        let reply = try await trySignIn(email, password)
        #expect(reply.status == 200)
        return try tokens(reply)
    }

    func trySignIn(_ email: String, _ password: String, from address: String = "192.0.2.1") async throws -> Reply {
        try await send(
            .post, "/api/v1/sessions", ["email": .string(email), "password": .string(password)], from: address)
    }

    func refresh(_ token: String) async throws -> Reply {
        try await send(.post, "/api/v1/sessions/refresh", ["refreshToken": .string(token)])
    }

    func tokens(_ reply: Reply) throws -> Tokens {
        Tokens(
            access: try #require(reply["accessToken"]?.string), refresh: try #require(reply["refreshToken"]?.string))
    }

    func messages() async throws -> [Message] { try await outbox.read(after: 0, limit: 1_000).map(\.message) }

    func count(_ sql: SQL) async throws -> Int { try await database.read { try $0.first(sql) { $0.int(0) } ?? -1 } }

    func deactivate(_ id: String) async throws {
        try await database.write { try $0.execute("UPDATE users SET is_active = 0 WHERE id = ?1", id) }
    }
}
