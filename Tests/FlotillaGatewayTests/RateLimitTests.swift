internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaResilience
internal import HTTPTypes
internal import Testing

@Suite("Rate limits of the gateway") struct RateLimitTests {
    /// How many of `count` requests pass.
    private func passing(
        _ fixture: GatewayFixture, _ count: Int, _ path: String, token: String? = nil,
        from address: String = "203.0.113.7"
    ) async -> Int {
        var passed = 0
        for _ in 0..<count {
            if await fixture.send(.get, path, token: token, from: address).status.code != 429 { passed += 1 }
        }
        return passed
    }

    @Test("a tier decides how much a user may send", arguments: [("free", 10), ("premium", 100), ("enterprise", 200)])
    func tiers(tier: String, count: Int) async throws {
        let fixture = try GatewayFixture(limits: .strict)
        #expect(await passing(fixture, 250, "/api/v1/orders", token: "customer:ada:\(tier)") == count)
        // Another user is another account.
        #expect(await passing(fixture, 1, "/api/v1/orders", token: "customer:grace:\(tier)") == 1)
    }

    @Test("the limits of classes are counted apart, by address without a token")
    func classes() async throws {
        let fixture = try GatewayFixture(limits: .strict)
        #expect(await passing(fixture, 250, "/api/v1/orders/1") == 200)
        #expect(await passing(fixture, 600, "/api/v1/products/p") == 500)
        #expect(await passing(fixture, 10, "/api/v1/orders/1", from: "203.0.113.8") == 10)
    }

    @Test("the global limit bounds everything together")
    func global() async throws {
        let plan = RateLimitPlan(global: .init(15, per: .seconds(60)))
        let fixture = try GatewayFixture(limits: plan)
        #expect(await passing(fixture, 10, "/api/v1/orders/1") == 10)
        #expect(await passing(fixture, 10, "/api/v1/products/p") == 5)
    }

    @Test("a refusal says when to come back, and then it works")
    func refusal() async throws {
        let fixture = try GatewayFixture(limits: .strict)
        #expect(await passing(fixture, 10, "/api/v1/orders", token: "customer:ada:free") == 10)
        let response = await fixture.send(.get, "/api/v1/orders", token: "customer:ada:free")
        #expect(response.status.code == 429)
        #expect(try response.slug() == "rate-limited")
        #expect(response.headers[.retryAfter] == "6")
        #expect(response.header("RateLimit-Limit") == "10")
        #expect(response.header("RateLimit-Remaining") == "0")
        #expect(response.header("RateLimit-Policy") == "10;w=60")
        fixture.time.advance(by: .seconds(6))
        #expect(await passing(fixture, 2, "/api/v1/orders", token: "customer:ada:free") == 1)
    }

    @Test("every answer tells what is left, by the limit that leaves least")
    func headers() async throws {
        let fixture = try GatewayFixture(limits: .strict)
        let anonymous = await fixture.send(.get, "/api/v1/orders/1")
        #expect(anonymous.header("RateLimit-Limit") == "200")
        #expect(anonymous.header("RateLimit-Remaining") == "199")
        let signedIn = await fixture.send(.get, "/api/v1/orders/1", token: "customer:ada:free")
        #expect(signedIn.header("RateLimit-Limit") == "10")
        #expect(signedIn.header("RateLimit-Remaining") == "9")
        #expect(signedIn.header("RateLimit-Reset") == "6")
    }

    @Test("guessing tokens is counted by address")
    func guessing() async throws {
        let fixture = try GatewayFixture(limits: .strict)
        var codes: [Int: Int] = [:]
        for number in 0..<210 {
            let response = await fixture.send(.get, "/api/v1/orders/1", token: "guess\(number)")
            codes[response.status.code, default: 0] += 1
        }
        #expect(codes == [401: 200, 429: 10])
    }

    @Test("what the gateway answers itself is not limited, nor anything with limits off")
    func free() async throws {
        let fixture = try GatewayFixture(limits: RateLimitPlan(global: .init(1, per: .seconds(60))))
        #expect(await passing(fixture, 5, "/health/live") == 5)
        let off = try GatewayFixture(limits: .off)
        #expect(await passing(off, 1_500, "/api/v1/orders/1") == 1_500)
        #expect(await off.send(.get, "/api/v1/orders/1").header("RateLimit-Limit") == nil)
    }

    @Test("one network of version 6 is one caller", arguments: [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("2001:db8::1", "2001:db8:0:0:1::2", true), ("::ffff:203.0.113.7", "203.0.113.7", true),
        ("203.0.113.7", "203.0.113.8", false), ("::1", "::2", true),
    ])
    func addresses(first: String, second: String, isSame: Bool) async throws {
        let fixture = try GatewayFixture(limits: RateLimitPlan(global: .init(1, per: .seconds(60))))
        #expect(await passing(fixture, 1, "/api/v1/orders/1", from: first) == 1)
        #expect(await passing(fixture, 1, "/api/v1/orders/1", from: second) == (isSame ? 0 : 1))
    }

    @Test("plans have names, and their numbers are allowed")
    func plans() throws {
        #expect(RateLimitPlan(named: "strict") == .strict)
        #expect(RateLimitPlan(named: "demo") == .demo)
        #expect(RateLimitPlan(named: "off") == .off)
        #expect(RateLimitPlan(named: "Strict") == nil)
        for plan in [RateLimitPlan.strict, .demo, .off] {
            let limits = [plan.global].compactMap { $0 } + plan.classes.values + plan.tiers.values
            for limit in limits { #expect(limit.problems().isEmpty) }
        }
    }
}
