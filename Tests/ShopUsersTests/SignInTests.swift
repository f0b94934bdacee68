internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaSecurity
internal import FlotillaStorage
internal import HTTPTypes
internal import Testing

@testable internal import ShopUsers

@Suite struct SignInTests {
    @Test("the right password gives a token that says who, for fifteen minutes")
    func signIn() async throws {
        let bench = try await UsersBench()
        let id = try await bench.register()
        let reply = try await bench.trySignIn("EVE@shop.example", UsersBench.password)
        #expect(reply.status == 200)
        #expect(reply.headers[.cacheControl] == "no-store")
        #expect(reply["tokenType"] == "Bearer")
        #expect(reply["expiresIn"] == 900)
        let tokens = try bench.tokens(reply)
        let verified = try await bench.verifier.verified(Secret(tokens.access))
        #expect(verified.principal == Principal(id: id, role: .customer))
        #expect(verified.sessionID == tokens.refresh.split(separator: ".").first.map(String.init))

        bench.time.advance(by: .seconds(899))
        #expect(try await bench.send(.get, "/api/v1/users/me", token: tokens.access).status == 200)
        bench.time.advance(by: .seconds(1))
        #expect(try await bench.send(.get, "/api/v1/users/me", token: tokens.access).status == 401)
    }

    @Test("an unknown address and a wrong password get the same answer")
    func sameAnswer() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        let wrong = try await bench.trySignIn("eve@shop.example", "wrong password")
        let unknown = try await bench.trySignIn("nobody@shop.example", "wrong password")
        for reply in [wrong, unknown] {
            #expect(reply.status == 401)
            #expect(reply.slug == "wrong-credentials")
        }
        #expect(wrong["detail"] == unknown["detail"])
        #expect(wrong["title"] == unknown["title"])
    }

    @Test("after five failures the account must wait, longer each time, also with the right password")
    func throttle() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        for _ in 0..<5 { #expect(try await bench.trySignIn("eve@shop.example", "wrong password").status == 401) }
        let refused = try await bench.trySignIn("eve@shop.example", UsersBench.password)
        #expect(refused.status == 429)
        #expect(refused.slug == "too-many-attempts")
        #expect(refused.headers[.retryAfter] == "5")
        bench.time.advance(by: .seconds(5))
        #expect(try await bench.trySignIn("eve@shop.example", "wrong password").status == 401)
        #expect(try await bench.trySignIn("eve@shop.example", "wrong password").headers[.retryAfter] == "10")
        bench.time.advance(by: .seconds(10))
        _ = try await bench.signIn()
        #expect(try await bench.trySignIn("eve@shop.example", "wrong password").status == 401)
        _ = try await bench.signIn()
    }

    @Test("strangers' failures do not lock the owner out, until there are many")
    func strangers() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        for number in 0..<24 {
            let address = "198.51.100.\(number / 4)"
            #expect(try await bench.trySignIn("eve@shop.example", "guess", from: address).status == 401)
        }
        _ = try await bench.signIn()
        for number in 0..<25 {
            #expect(try await bench.trySignIn("eve@shop.example", "guess", from: "203.0.113.\(number)").status == 401)
        }
        #expect(try await bench.trySignIn("eve@shop.example", "guess", from: "203.0.113.99").status == 429)
    }

    @Test("an unknown account is throttled like a known one")
    func unknownAccount() async throws {
        let bench = try await UsersBench()
        for _ in 0..<5 { #expect(try await bench.trySignIn("nobody@shop.example", "guess").status == 401) }
        #expect(try await bench.trySignIn("Nobody@shop.example", "guess").status == 429)
    }

    @Test("one address that fails on many accounts must wait")
    func oneAddress() async throws {
        let bench = try await UsersBench()
        for number in 0..<50 { #expect(try await bench.trySignIn("u\(number)@shop.example", "guess").status == 401) }
        #expect(try await bench.trySignIn("u50@shop.example", "guess").status == 429)
        #expect(try await bench.trySignIn("u50@shop.example", "guess", from: "192.0.2.2").status == 401)
    }

    @Test("an account that is not active can neither sign in, renew, nor change its profile")
    func inactive() async throws {
        let bench = try await UsersBench()
        let id = try await bench.register()
        let tokens = try await bench.signIn()
        try await bench.deactivate(id)
        let refused = try await bench.trySignIn("eve@shop.example", UsersBench.password)
        #expect(refused.status == 403)
        #expect(refused.slug == "account-inactive")
        #expect(try await bench.trySignIn("eve@shop.example", "wrong password").slug == "wrong-credentials")
        #expect(try await bench.refresh(tokens.refresh).slug == "invalid-refresh-token")
        let patch = try await bench.send(.patch, "/api/v1/users/me", ["name": "Eva"], token: tokens.access)
        #expect(patch.slug == "account-inactive")
    }

    @Test("a hash made with other parameters is renewed at the next sign-in")
    func rehash() async throws {
        let bench = try await UsersBench()
        let id = try await bench.register()
        let old = PasswordHasher(
            world: bench.world, parameters: ScryptParameters(ln: 5, r: 8, p: 1), execution: .inline)
        let hash = try await old.hash(Secret(UsersBench.password))
        try await bench.database.write { try $0.execute("UPDATE users SET password_hash = ?2 WHERE id = ?1", id, hash) }
        _ = try await bench.signIn()
        let stored = try await bench.database.read { try $0.first("SELECT password_hash FROM users") { $0.text(0) } }
        #expect(stored?.hasPrefix("$scrypt$ln=4,") == true)
        _ = try await bench.signIn()
    }

    @Test("a user has at most fifty sessions; the one not renewed for longest ends")
    func sessionBound() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        let first = try await bench.signIn()
        bench.time.advance(by: .seconds(1))
        let second = try await bench.signIn()
        for _ in 0..<49 {
            bench.time.advance(by: .seconds(1))
            _ = try await bench.signIn()
        }
        #expect(try await bench.count("SELECT COUNT(*) FROM sessions") == 50)
        #expect(try await bench.refresh(first.refresh).status == 401)
        #expect(try await bench.refresh(second.refresh).status == 200)
    }

    @Test("outcomes are counted")
    func metrics() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        _ = try await bench.signIn()
        _ = try await bench.trySignIn("eve@shop.example", "wrong password")
        let text = bench.telemetry.metrics.prometheusText()
        #expect(text.contains(#"shop_sign_ins_total{outcome="ok"} 1"#))
        #expect(text.contains(#"shop_sign_ins_total{outcome="wrong-credentials"} 1"#))
    }
}
