internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaSecurity
internal import FlotillaStorage
internal import FlotillaTesting
internal import HTTPTypes
internal import Testing

@testable internal import ShopUsers

@Suite struct IdentityTests {
    @Test("a verifier that knows only the published keys accepts our tokens")
    func publishedKeys() async throws {
        let bench = try await UsersBench()
        let id = try await bench.register()
        let tokens = try await bench.signIn()
        let reply = try await bench.send(.get, "/.well-known/jwks.json")
        #expect(reply.status == 200)
        #expect(reply["keys"]?.array?.count == 1)
        let verifier = TokenVerifier(
            issuer: UsersService.defaultIssuer, audience: UsersService.defaultAudience,
            keys: StaticJWKS(try #require(reply.body).bytes()), world: bench.world)
        #expect(try await verifier.verify(Secret(tokens.access)).id == id)
    }

    @Test("the description names the issuer and what it can do")
    func description() async throws {
        let bench = try await UsersBench(texts: ["issuer": "https://id.shop.example"])
        let reply = try await bench.send(.get, "/.well-known/openid-configuration")
        #expect(reply["issuer"] == "https://id.shop.example")
        #expect(reply["jwks_uri"] == "https://id.shop.example/.well-known/jwks.json")
        #expect(reply["token_endpoint"] == "https://id.shop.example/oauth/token")
        #expect(reply["grant_types_supported"] == ["refresh_token"])
    }

    private func form(_ bench: UsersBench, _ text: String) async throws -> UsersBench.Reply {
        try await bench.send(
            Request(
                .post, "/oauth/token", headers: [.contentType: "application/x-www-form-urlencoded; charset=utf-8"],
                body: Array(text.utf8)))
    }

    @Test("the token endpoint exchanges a refresh token, parameters it does not know are ignored")
    func refreshGrant() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        let tokens = try await bench.signIn()
        let reply = try await form(bench, "grant_type=refresh_token&client_id=app&refresh_token=\(tokens.refresh)")
        #expect(reply.status == 200)
        #expect(reply.headers[.cacheControl] == "no-store")
        #expect(reply["token_type"] == "Bearer")
        #expect(reply["expires_in"] == 900)
        let access = try #require(reply["access_token"]?.string)
        #expect(try await bench.send(.get, "/api/v1/users/me", token: access).status == 200)
        let next = try #require(reply["refresh_token"]?.string)
        #expect(try await form(bench, "grant_type=refresh_token&refresh_token=\(next)").status == 200)
    }

    @Test("its errors have OAuth's shape", arguments: [
        ("", "invalid_request"), ("grant_type=", "invalid_request"), ("grant_type=password", "unsupported_grant_type"),
        ("grant_type=client_credentials", "unsupported_grant_type"),
        ("grant_type=refresh_token", "invalid_request"), ("grant_type=refresh_token&refresh_token=x", "invalid_grant"),
        ("grant_type=refresh_token&grant_type=password", "invalid_request"), ("grant_type=%zz", "invalid_request"),
    ])
    func errors(body: String, code: String) async throws {
        let bench = try await UsersBench()
        let reply = try await form(bench, body)
        #expect(reply.status == 400)
        #expect(reply["error"]?.string == code)
        #expect(reply["error_description"]?.string?.isEmpty == false)
    }

    @Test("a body that is no form is refused in OAuth's shape")
    func notAForm() async throws {
        let bench = try await UsersBench()
        let reply = try await bench.send(.post, "/oauth/token", ["grant_type": "refresh_token"])
        #expect(reply.status == 400)
        #expect(reply["error"] == "invalid_request")
    }

    @Test("the demo accounts are made once and can sign in", arguments: [
        ("ada@shop.example", Principal(id: "demo-ada", role: .customer, tier: "free", region: "eu")),
        ("grace@shop.example", Principal(id: "demo-grace", role: .customer, tier: "premium", region: "us")),
        ("linus@shop.example", Principal(id: "demo-linus", role: .support, tier: "free", region: "eu")),
        ("root@shop.example", Principal(id: "demo-root", role: .admin, tier: "free")),
    ])
    func demoUsers(email: String, principal: Principal) async throws {
        let bench = try await UsersBench(texts: ["demoUsers": "on"])
        let tokens = try await bench.signIn(email, password: "sail-on-2026")
        #expect(try await bench.verifier.verify(Secret(tokens.access)) == principal)
        try await DemoUsers(context: bench.context)(.root(bench.world, timeout: .seconds(5)))
        #expect(try await bench.count("SELECT COUNT(*) FROM users") == 4)
        #expect(try await bench.messages().count == 4)
    }

    @Test("without being asked for, there are no demo accounts")
    func noDemoUsers() async throws {
        let bench = try await UsersBench()
        #expect(try await bench.count("SELECT COUNT(*) FROM users") == 0)
    }

    @Test("a demo address somebody else has registered is left to them")
    func demoAddressTaken() async throws {
        let bench = try await UsersBench()
        let id = try await bench.register("ada@shop.example")
        try await DemoUsers(context: bench.context)(.root(bench.world, timeout: .seconds(5)))
        #expect(try await bench.count("SELECT COUNT(*) FROM users") == 4)
        let tokens = try await bench.signIn("ada@shop.example")
        #expect(try await bench.verifier.verify(Secret(tokens.access)).id == id)
    }

    @Test("after a restart accounts, sessions and tokens are as they were")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let first = try await UsersBench(folder: folder)
        try await first.register()
        let tokens = try await first.signIn()
        first.database.close()
        let second = try await UsersBench(folder: folder, time: first.time)
        #expect(try await second.send(.get, "/api/v1/users/me", token: tokens.access)["email"] == "eve@shop.example")
        #expect(try await second.refresh(tokens.refresh).status == 200)
        _ = try await second.signIn()
    }

    @Test("settings that cannot be meant are refused by name", arguments: [
        ("issuer", "shop.example"), ("issuer", "https://shop.example/"), ("audience", ""),
        ("passwordHashing", "fast"),
    ])
    func badSettings(key: String, value: String) async throws {
        let error = await #expect(throws: ServiceError.self) { try await UsersBench(texts: [key: value]) }
        #expect(error?.slug == "bad-setting")
        #expect(error?.detail.contains(key) == true)
    }

    @Test("the thread for passwords works as well")
    func threaded() async throws {
        let bench = try await UsersBench(texts: ["passwordHashing": "thread"])
        try await bench.register()
        _ = try await bench.signIn()
    }
}
