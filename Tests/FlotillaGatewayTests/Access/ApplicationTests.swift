internal import FlotillaCore
internal import FlotillaResilience
internal import FlotillaSecurity
internal import Testing

@testable internal import FlotillaGateway

@Suite("Applications with keys, machines with certificates") struct ApplicationTests {
    private static let text = """
        authentication:
          apiKeys:
            - name: mobile
              sha256: 2BB80D537B1DA3E38BD30361AA855686BDE0EACD7162FEF6A25FE97BF527A25B
              permissions: [read:products, create:orders]
              perHour: 1000
            - { name: partner, sha256: "\(SecretDigest(of: Secret("partner-key")).hex)", permissions: ["read:orders"] }
          certificates:
            - { subject: "CN=orders,O=shop", id: orders }
            - { san: "spiffe://shop/carts", id: carts, role: cart-service, tier: premium }
            - { sha256: "\(SecretDigest(of: Secret("certificate")).hex)", id: payments }
        """

    private func bench() throws -> AccessBench {
        let file = AccessFile(Self.text)
        #expect(file.problems.isEmpty, "\(file.problems)")
        return try AccessBench(try #require(file.authentication))
    }

    private func find(
        _ bench: AccessBench, key: String? = nil, certificate: ClientIdentity? = nil
    ) -> Authentication.Finding {
        let fields = key.map { [ForwardedFields.Field(name: "x-api-key", value: $0)] } ?? []
        return bench.authentication.find(PlainHead(fields: fields), certificate: certificate, now: bench.world.now)
    }

    @Test("a key is found by its SHA-256, and only whole")
    func keys() throws {
        let bench = try bench()
        // sha256("secret")
        let caller = try #require(find(bench, key: "secret").caller)
        #expect(caller.principal.id == "mobile" && caller.principal.role.rawValue == "application")
        #expect(caller.fields == ["x-api-client: mobile", "x-api-permissions: read:products create:orders"])
        #expect(find(bench, key: "partner-key").caller?.fields.first == "x-api-client: partner")
        let digest = "2BB80D537B1DA3E38BD30361AA855686BDE0EACD7162FEF6A25FE97BF527A25B"
        for key in ["", "Secret", "secret ", "secre", digest] {
            let refusal = try #require(find(bench, key: key).refusal)
            #expect(refusal.error.kind == .unauthenticated && refusal.error.slug == "invalid-api-key")
        }
        #expect(find(bench, key: String(repeating: "x", count: 513)).refusal != nil)
    }

    @Test("the hour of an application is counted, and says when it begins anew")
    func quota() throws {
        let bench = try bench()
        let mobile = try #require(find(bench, key: "secret").caller)
        for number in 1...1_000 {
            let quota = try #require(bench.authentication.takeQuota(mobile))
            #expect(quota.decision.isAllowed && quota.decision.remaining == 1_000 - number)
        }
        bench.time.advance(by: .seconds(600))
        let refusal = try #require(bench.authentication.takeQuota(mobile)?.refusal)
        #expect(refusal.policy == .quota && refusal.error.kind == .limited && refusal.error.slug == "quota-exceeded")
        #expect(refusal.error.retryAfter == .seconds(3_000))
        bench.time.advance(by: .seconds(3_000))
        #expect(bench.authentication.takeQuota(mobile)?.refusal == nil)
        let partner = try #require(find(bench, key: "partner-key").caller)
        #expect(bench.authentication.takeQuota(partner) == nil)
        #expect(bench.authentication.takeQuota(try #require(Caller.user("u1"))) == nil)
    }

    @Test("certificates are found by fingerprint, alternative name and subject")
    func certificates() throws {
        let bench = try bench()
        func id(_ subject: String, _ names: [String] = [], _ sha256: String = "00") -> String? {
            let identity = ClientIdentity(subject: subject, names: names, sha256: sha256)
            return find(bench, certificate: identity).caller?.principal.id
        }
        #expect(id("CN=orders,O=shop") == "orders")
        #expect(id("CN=x", ["carts.local", "spiffe://shop/carts"]) == "carts")
        #expect(id("CN=orders,O=shop", [], SecretDigest(of: Secret("certificate")).hex) == "payments")
        #expect(id("CN=orders") == nil)
        #expect(id("CN=orders,O=shop,C=US") == nil)
        let identity = ClientIdentity(subject: "", names: ["spiffe://shop/carts"], sha256: "")
        let carts = try #require(find(bench, certificate: identity).caller)
        #expect(carts.principal == Principal(id: "carts", role: .init(rawValue: "cart-service"), tier: "premium"))
        #expect(carts.fields == ["x-service-id: carts"])
        #expect(carts.proof == "certificate")
    }

    @Test("a user of an application may do what both may")
    func together() async throws {
        let bench = try bench()
        let roles = AccessRoles(["customer": ["read:products", "read:orders"]])
        let token = try await bench.issue()
        let key = [ForwardedFields.Field(name: "x-api-key", value: "secret")]
        let both = try #require(await bench.find(token, fields: key).caller)
        #expect(both.principal.id == "u1" && both.proof == "token+key")
        #expect(both.fields.count == 5)
        let alone = try #require(await bench.find(token).caller)
        let application = try #require(find(bench, key: "secret").caller)
        for (permission, expected) in [
            ("read:products", (true, true, true)), ("create:orders", (false, true, false)),
            ("read:orders", (true, false, false)), ("update:orders", (false, false, false)),
        ] {
            #expect(alone.may(permission, roles) == expected.0, "\(permission)")
            #expect(application.may(permission, roles) == expected.1, "\(permission)")
            #expect(both.may(permission, roles) == expected.2, "\(permission)")
        }
        #expect(bench.look(token, fields: [.init(name: "x-api-key", value: "wrong")]).refusal != nil)
    }

    @Test("what callers are called cannot become a field of its own")
    func forwarded() {
        let principal = Principal(
            id: "a\r\nX-User-Role: admin", role: .customer, tier: "frée%", region: "eu", scopes: ["a", "b"])
        let caller = Caller(user: Caller.User(principal, expiresAt: Timestamp(seconds: 0)))
        #expect(
            caller?.fields == [
                "x-user-id: a%0D%0AX-User-Role: admin", "x-user-role: customer", "x-user-tier: fr%C3%A9e%25",
                "x-user-region: eu", "x-user-scopes: a b",
            ])
        // All that is said of callers is taken from requests from outside.
        let everything = Caller(
            user: Caller.User(principal, expiresAt: Timestamp(seconds: 0)),
            application: Caller.application("m", ["p"]), machine: Caller.machine("s"))
        everything?.forEachField { #expect(ForwardedFields.removed.contains($0.name), "\($0.name)") }
        #expect(ForwardedFields.removed.contains("x-api-key"))
    }

    @Test("a new key is the one of its line")
    func newKey() throws {
        let new = try NewAPIKey("mobile", permissions: ["read:products"], perHour: 1_000, random: SeededRandom(seed: 1))
        let other = try NewAPIKey("mobile", random: SeededRandom(seed: 2))
        #expect(new.key != other.key)
        #expect(new.key.exposed.hasPrefix("fk_") && new.key.exposed.utf8.count == 46)
        #expect(!new.yaml.contains(new.key.exposed.dropFirst(3)))
        let lines = [new.yaml, other.yaml.replacing("mobile", with: "b")].map { "    \($0)\n" }
        let file = AccessFile("authentication:\n  apiKeys:\n\(lines.joined())")
        #expect(file.problems.isEmpty, "\(file.problems)")
        let bench = try AccessBench(try #require(file.authentication))
        let caller = try #require(find(bench, key: new.key.exposed).caller)
        #expect(caller.application?.plan.name == "mobile" && caller.application?.plan.perHour == 1_000)
        for name in ["", "a b", "a\"b", "é", "a\nb", String(repeating: "a", count: 65)] {
            #expect(throws: ServiceError.self) { try NewAPIKey(name, random: SeededRandom(seed: 1)) }
        }
        #expect(throws: ServiceError.self) {
            try NewAPIKey("a", permissions: ["x]"], random: SeededRandom(seed: 1))
        }
    }
}
