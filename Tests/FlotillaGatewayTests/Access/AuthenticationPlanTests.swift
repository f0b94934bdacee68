internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaSecurity
internal import Testing

@testable internal import FlotillaGateway

@Suite("What a file says of who calls") struct AuthenticationPlanTests {
    @Test("tokens, as little as there must be and as much as there may be")
    func tokens() throws {
        let least = AccessFile(
            """
            authentication:
              tokens: { issuer: "https://shop.example", audience: shop, keys: "https://users:8443/jwks.json" }
            """)
        #expect(least.problems.isEmpty, "\(least.problems)")
        let tokens = try #require(least.authentication?.tokens)
        #expect(tokens.keys == .url("https://users:8443/jwks.json") && tokens.algorithms == [.rs256, .es256])
        #expect(tokens.claims == ClaimNames() && tokens.rememberedMax == 10_000)
        #expect(tokens.lifetimeMax == .seconds(3_600))
        let most = AccessFile(
            """
            authentication:
              tokens:
                issuer: https://id.example/realms/shop
                audience: api
                keys: keys/jwks.json
                algorithms: [ES256]
                claims: { subject: uid, role: realm_access.roles, tier: plan, region: where, scopes: scp }
                keysAgeMax: 10m
                lifetimeMax: 24h
                rememberedMax: 50000
            """)
        #expect(most.problems.isEmpty, "\(most.problems)")
        #expect(
            most.authentication?.tokens
                == AuthenticationPlan.Tokens(
                    issuer: "https://id.example/realms/shop", audience: "api", keys: .file("keys/jwks.json"),
                    algorithms: [.es256],
                    claims: ClaimNames(
                        subject: "uid", role: "realm_access.roles", tier: "plan", region: "where", scopes: "scp"),
                    keysAgeMax: .seconds(600), lifetimeMax: .seconds(86_400), rememberedMax: 50_000))
    }

    @Test("what is wrong is told with its place, and never with a key", arguments: [
        ("tokens: { issuer: a, audience: b }", "authentication.tokens.keys: is not set (gateway.yaml:2:"),
        ("tokens: { issuer: a, keys: c }", "audience: is not set"),
        ("tokens: { issuer: a, audience: b, keys: 'ftp://x' }", "\"ftp://x\" is no place of keys (gateway.yaml:2:"),
        ("tokens: { issuer: a, audience: b, keys: 'https://u:p@x/' }", "is no place of keys"),
        ("tokens: { issuer: a, audience: b, keys: 'http:///x' }", "is no place of keys"),
        ("tokens: { issuer: a, audience: b, keys: c, algorithms: [HS256] }", "\"HS256\" is not accepted here"),
        ("tokens: { issuer: a, audience: b, keys: c, algorithms: [none] }", "Allowed: RS256, ES256"),
        ("tokens: { issuer: a, audience: b, keys: c, claims: { rolle: x } }", "did you mean role?"),
        ("tokens: { issuer: a, audience: b, keys: c, lifetimeMax: 25h }", "lifetimeMax"),
        ("apiKeys: [{ name: m, sha256: fk_topsecret }]", "sha256: is no SHA-256 (gateway.yaml:2:"),
        ("apiKeys: [{ sha256: '\(String(repeating: "0", count: 64))' }]", "name: is not set"),
        ("apiKeys: [{ name: m, sha256: '\(String(repeating: "0", count: 64))', perHour: 0 }]", "perHour"),
        ("certificates: [{ id: a }]", "does not say which certificate"),
        ("certificates: [{ id: a, san: b, subject: c }]", "one of subject, san and sha256"),
        ("certificates: [{ subject: c }]", "id: is not set"),
        ("certificates: [{ id: a, sha256: xyz }]", "is no SHA-256"),
        ("certificates: [{ id: a, san: b }, { id: c, san: b }]", "stands for another as well"),
        ("tokenz: {}", "did you mean tokens?"),
    ])
    func wrong(text: String, message: String) {
        let problems = AccessFile("authentication:\n  \(text)").problems
        #expect(problems.contains(message), "\(problems)")
        #expect(!problems.contains("topsecret"))
    }

    @Test("two applications of one name or one key are refused", arguments: [
        ("a", "a", "0", "1"), ("a", "b", "0", "0"),
    ])
    func doubles(first: String, second: String, one: String, other: String) {
        func key(_ digit: String) -> String { String(repeating: digit, count: 64) }
        let problems = AccessFile(
            """
            authentication:
              apiKeys:
                - { name: \(first), sha256: "\(key(one))" }
                - { name: \(second), sha256: "\(key(other))" }
            """
        ).problems
        #expect(problems.contains("has a name or a key that another has"), "\(problems)")
    }

    @Test("the description for editors has every key that is read")
    func schema() {
        let shape = YAMLReader.shape { fields in
            _ = fields.optionalGroup("authentication", "Who calls.") { AuthenticationPlan(from: &$0) }
            let section = AccessSection(from: &fields, authentication: nil)
            return fields.group("route", "A route.") { section.plan(from: &$0, path: nil) }
        }
        let json = shape.jsonSchema(title: "Gateway", about: "A gateway.")
        for key in [
            "issuer", "audience", "keys", "algorithms", "claims", "subject", "keysAgeMax", "lifetimeMax", "apiKeys",
            "sha256", "permissions", "perHour", "certificates", "san", "roles", "access", "scopes", "tiers", "if",
            "anyOf", "certificate", "signedIn", "anyone",
        ] { #expect(json.contains("\"\(key)\""), "\(key)") }
    }
}
