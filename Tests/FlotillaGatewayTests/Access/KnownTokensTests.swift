internal import FlotillaCore
internal import FlotillaResilience
internal import FlotillaSecurity
internal import Testing

@testable internal import FlotillaGateway

@Suite("Tokens the gateway knows") struct KnownTokensTests {
    @Test("a token is unknown once, then known without a lock on its keys, until it expires")
    func knownUntilExpiry() async throws {
        let bench = try AccessBench()
        let token = try await bench.issue("u1", .support, scopes: ["orders:read"], lifetime: .seconds(60))
        #expect(bench.look(token).isUnknownToken)
        let caller = try #require(await bench.find(token).caller)
        #expect(caller.principal == Principal(id: "u1", role: .support, scopes: ["orders:read"]))
        #expect(caller.proof == "token")
        bench.source.fail(true)
        bench.time.advance(by: .seconds(59))
        #expect(bench.look(token).caller != nil)
        bench.time.advance(by: .seconds(1))
        let refusal = try #require(bench.look(token).refusal)
        #expect(refusal.error.detail.contains("expired"))
        #expect(refusal.policy == .authentication)
        #expect(refusal.challenge == #"Bearer error="invalid_token""#)
        #expect(bench.source.calls == 1)
    }

    @Test("a token changed in any byte is not the one that is known")
    func changed() async throws {
        let bench = try AccessBench()
        let token = try await bench.issue()
        #expect(await bench.find(token).caller != nil)
        let bytes = Array(token.exposed.utf8)
        for place in stride(from: 0, to: bytes.count, by: 7) {
            var other = bytes
            other[place] = other[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(bench.look(Secret(String(decoding: other, as: UTF8.self))).isUnknownToken, "\(place)")
        }
        #expect(bench.look(Secret(token.exposed + "A")).isUnknownToken)
        #expect(bench.look(Secret("A" + token.exposed)).isUnknownToken)
        #expect(bench.look(Secret(String(token.exposed.dropFirst()))).isUnknownToken)
        // The same end, which is all that a look-up goes by before it compares.
        #expect(bench.look(Secret("x.y." + token.exposed.suffix(64))).isUnknownToken)
    }

    @Test("a token that is refused is verified once in five seconds")
    func refusedOnce() async throws {
        let bench = try AccessBench()
        let other = TokenIssuer(
            issuer: AccessBench.issuer, audience: "another", key: try IssuerKey.first.get(), world: bench.world)
        let token = try await other.issue(principal: Principal(id: "u1", role: .admin), lifetime: .seconds(60))
        #expect(await bench.find(token).refusal?.error.detail.contains("another audience") == true)
        bench.time.advance(by: .seconds(4))
        #expect(bench.look(token).refusal != nil)
        bench.time.advance(by: .seconds(1))
        #expect(bench.look(token).isUnknownToken)
    }

    @Test("a storm of invented key names asks the issuer twice, and each is answered")
    func unknownKeys() async throws {
        let bench = try AccessBench()
        let foreign = try IssuerKey.second.get()
        for number in 0..<50 {
            let other = TokenIssuer(
                issuer: AccessBench.issuer, audience: AccessBench.audience, key: foreign, world: bench.world)
            let token = try await other.issue(
                principal: Principal(id: "u\(number)", role: .admin), lifetime: .seconds(60))
            #expect(await bench.find(token).refusal?.error.slug == "invalid-token")
        }
        #expect(bench.source.calls == 2)
    }

    @Test("when the keys change, what was found valid is forgotten")
    func rotation() async throws {
        let bench = try AccessBench()
        let old = try await bench.issue()
        #expect(await bench.find(old).caller != nil)
        let next = TokenIssuer(
            issuer: AccessBench.issuer, audience: AccessBench.audience, key: try IssuerKey.second.get(),
            world: bench.world)
        bench.source.answer(next.jwksJSON)
        let new = try await next.issue(principal: Principal(id: "u2", role: .admin), lifetime: .seconds(900))
        #expect(await bench.find(new).caller?.principal.id == "u2")
        // The key that signed it is no longer published.
        #expect(bench.look(old).isUnknownToken)
        #expect(await bench.find(old).refusal?.error.slug == "invalid-token")
        #expect(await bench.find(new).caller?.principal.id == "u2")
    }

    @Test("while no keys can be had the answer is 503, and a second later it is tried again")
    func noKeys() async throws {
        let bench = try AccessBench()
        bench.source.fail(true)
        let token = try await bench.issue()
        let refusal = try #require(await bench.find(token).refusal)
        #expect(refusal.error.kind == .unavailable && refusal.challenge == nil)
        bench.source.fail(false)
        #expect(bench.look(token).refusal != nil)
        bench.time.advance(by: .seconds(1))
        #expect(await bench.find(token).caller != nil)
    }

    @Test("what is no token is refused at once", arguments: [
        "", "x", "short.token.xyz", String(repeating: "a", count: 8_193), "two words of a token here",
        "naïve.token.of.some.length", "tab\tin.a.token.of.length",
    ])
    func noToken(text: String) throws {
        let bench = try AccessBench()
        #expect(bench.look(Secret(text)).refusal?.error.slug == "invalid-token")
    }

    @Test("other schemes are the service's business; bearer is read in letters of either case", arguments: [
        ("Basic dTpw", true), ("Bearer", true), ("Bearerabcdefghijklmnopq", true), ("", true), ("Bear", true),
        ("bearer abcdefghijklmnopq", false), ("BEARER   abcdefghijklmnopq", false),
    ])
    func schemes(value: String, isNobody: Bool) throws {
        let bench = try AccessBench()
        let head = PlainHead(fields: [.init(name: "authorization", value: value)])
        let finding = bench.authentication.find(head, certificate: nil, now: bench.world.now)
        #expect(finding.isNobody == isNobody)
        #expect(finding.isUnknownToken == !isNobody)
    }

    @Test("memory is bounded; what is used stays")
    func bounded() async throws {
        let known = KnownTokens(countMax: 8)
        let user = Caller.User(Principal(id: "u", role: .customer), expiresAt: Timestamp(seconds: 100))
        func text(_ number: Int) -> Secret { Secret("header.payload.signature-\(1_000 + number)") }
        func isKnown(_ number: Int) -> Bool {
            Array(text(number).exposed.utf8).withUnsafeBytes { known.verdict($0) != nil }
        }
        for number in 0..<1_000 {
            known.insert(.user(user), until: user.expiresAt, for: text(number), ifStill: known.generation)
            _ = isKnown(0)
        }
        #expect(known.count == 8)
        #expect(isKnown(0))
        #expect(!isKnown(500))
        let generation = known.generation
        known.removeAll()
        known.insert(.user(user), until: user.expiresAt, for: text(1), ifStill: generation)
        #expect(known.count == 0)
    }

    @Test("a plan that takes another's place keeps its tokens when it has the same, and its quotas in any case")
    func continuing() async throws {
        var plan = AuthenticationPlan()
        plan.apiKeys = [
            .init(name: "mobile", digest: SecretDigest(of: Secret("k")), permissions: [], perHour: 2, tier: "free")
        ]
        let bench = try AccessBench(plan)
        let token = try await bench.issue()
        #expect(await bench.find(token).caller != nil)
        let application = try #require(Caller(application: Caller.application("mobile", [], perHour: 2)))
        #expect(bench.authentication.takeQuota(application)?.decision.isAllowed == true)
        var next = bench.authentication.plan
        let same = Authentication(next, world: bench.world, continuing: bench.authentication) { _ in
            Issue.record("keys are asked for again")
            return bench.source
        }
        let bytes = Array(token.exposed.utf8)
        #expect(bytes.withUnsafeBytes { same.known($0, now: bench.world.now) } != nil)
        next.tokens?.audience = "another"
        let other = Authentication(next, world: bench.world, continuing: same) { _ in bench.source }
        #expect(bytes.withUnsafeBytes { other.known($0, now: bench.world.now) } == nil)
        #expect(other.takeQuota(application)?.decision.isAllowed == true)
        #expect(other.takeQuota(application)?.decision.isAllowed == false)
    }
}
