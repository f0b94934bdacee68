internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaSecurity
internal import Testing

@testable internal import FlotillaGateway

@Suite("Who may use a route") struct AccessPlanTests {
    private static let now = Timestamp(seconds: 1_763_818_200)
    private static let roles = """
        roles:
          customer: [orders.read]
          support: [orders.read, orders.update, users.*]
          admin: ["*"]
        """
    private static let own = PlainHead(path: "/users/u1/orders/7")
    private static let other = PlainHead(path: "/users/u2/orders/7")

    /// Callers by the words that the tables below use.
    private static let callers: [String: Caller?] = [
        "nobody": nil, "customer": .user("u1"), "support": .user("s1", .support, region: "eu"),
        "admin": .user("a1", .admin), "narrow": .user("a2", .admin, scopes: ["orders.read"]),
        "premium": .user("u1", tier: "premium"),
        "partner": Caller(application: Caller.application("partner", ["orders.read", "orders.update"])),
        "mobile": Caller(
            user: Caller.User(Principal(id: "u1", role: .customer), expiresAt: now),
            application: Caller.application("mobile", ["products.read"])),
        "service": Caller(machine: Caller.machine("carts")),
    ]

    private static func plan(_ access: String) -> AccessFile {
        AccessFile("\(roles)\nroute:\n  access: \(access)", isOpen: true)
    }

    private static func outcome(_ plan: AccessPlan, _ caller: String, _ head: PlainHead) -> AccessPlan.Outcome {
        plan.decide(head, caller: callers[caller] ?? nil, now: now)
    }

    @Test("a matrix of rules and callers", arguments: [
        ("anyone", "nobody customer support admin narrow premium partner mobile service"),
        ("signedIn", "customer support admin narrow premium partner mobile service"),
        ("{ roles: admin }", "admin narrow"),
        ("{ roles: [support, admin] }", "support admin narrow"),
        ("{ roles: service }", "service"),
        ("{ permissions: orders.read }", "customer support admin narrow premium partner"),
        ("{ permissions: [orders.read, orders.update] }", "support admin partner"),
        ("{ permissions: users.delete }", "support admin"),
        ("{ roles: [admin], permissions: orders.update }", "admin"),
        ("{ scopes: orders.read }", "customer support admin narrow premium partner mobile service"),
        ("{ scopes: [orders.read, orders.update] }", "customer support admin premium partner mobile service"),
        ("{ tiers: premium }", "premium"),
        ("{ roles: customer, tiers: [premium, enterprise] }", "premium"),
        ("{ if: caller.id == path.userId }", "customer premium mobile"),
        ("{ if: \"request.path startsWith '/users/u1/'\" }",
            "nobody customer support admin narrow premium partner mobile service"),
        ("{ roles: [customer, support], if: caller.id == path.userId }", "customer premium mobile"),
        ("{ anyOf: [{ roles: admin }, { if: caller.id == path.userId }] }", "customer admin narrow premium mobile"),
        ("{ permissions: orders.read, anyOf: [{ roles: support, if: \"caller.region == 'eu'\" }, { tiers: premium }] }",
            "support premium"),
        ("{ if: \"time.hour < 13\" }", ""),
    ])
    func matrix(access: String, allowed: String) {
        let file = Self.plan(access)
        #expect(file.problems.isEmpty, "\(file.problems)")
        let words = allowed.split(separator: " ").map(String.init)
        for caller in Self.callers.keys.sorted() {
            let outcome = Self.outcome(file.plan, caller, Self.own)
            #expect(outcome.isAllowed == words.contains(caller), "\(caller)")
            guard let refusal = outcome.refusal else { continue }
            #expect(refusal.policy == .access)
            // Whoever is not known may be let in once they are; whoever is known may not.
            let wouldHelp = caller == "nobody" && !access.contains("time.hour")
            let kind: ErrorKind = wouldHelp ? .unauthenticated : .denied
            #expect(refusal.error.kind == kind, "\(caller)")
            let isOfScope = refusal.challenge?.contains("insufficient_scope") == true
            #expect((refusal.challenge != nil) == (wouldHelp || isOfScope))
        }
    }

    @Test("people see their own orders only, support all and admins too")
    func ownOrders() {
        let file = AccessFile(
            """
            \(Self.roles)
            access:
              own-orders:
                permissions: orders.read
                anyOf:
                  - { roles: [support, admin] }
                  - { if: path.userId == caller.id }
            route: { access: own-orders }
            """)
        #expect(file.problems.isEmpty, "\(file.problems)")
        for (caller, own, other) in [
            ("customer", true, false), ("support", true, true), ("admin", true, true), ("nobody", false, false),
            ("mobile", false, false), ("service", false, false),
        ] {
            #expect(Self.outcome(file.plan, caller, Self.own).isAllowed == own, "\(caller)")
            #expect(Self.outcome(file.plan, caller, Self.other).isAllowed == other, "\(caller)")
        }
        let crooked = PlainHead(path: "/users/u1/orders/../../u2/orders")
        #expect(!Self.outcome(file.plan, "customer", crooked).isAllowed)
        #expect(Self.outcome(file.plan, "customer", Self.other).refusal?.error.slug == "access-denied")
        #expect(Self.outcome(file.plan, "nobody", Self.own).refusal?.error.slug == "not-signed-in")
    }

    @Test("what is refused says what would help")
    func challenges() {
        func refusal(_ access: String, _ caller: String) -> AccessRefusal? {
            Self.outcome(Self.plan(access).plan, caller, Self.own).refusal
        }
        #expect(refusal("signedIn", "nobody")?.challenge == "Bearer")
        #expect(
            refusal("{ permissions: orders.update }", "customer")?.challenge
                == #"Bearer error="insufficient_scope", scope="orders.update""#)
        #expect(
            refusal("{ scopes: [a, b] }", "narrow")?.challenge == #"Bearer error="insufficient_scope", scope="a b""#)
        let condition = refusal("{ if: \"caller.id == 'x'\" }", "customer")
        #expect(condition?.challenge == nil)
        #expect(condition?.error.detail.contains("'x'") == false)
    }

    @Test("a certificate that is known can be demanded")
    func certificates() {
        let file = AccessFile(
            """
            authentication:
              certificates: [{ san: carts, id: carts }]
            route: { access: { certificate: required } }
            """, isOpen: false)
        #expect(file.problems.isEmpty, "\(file.problems)")
        #expect(Self.outcome(file.plan, "service", Self.own).isAllowed)
        #expect(Self.outcome(file.plan, "admin", Self.own).refusal?.error.kind == .denied)
        #expect(Self.outcome(file.plan, "nobody", Self.own).refusal?.error.kind == .denied)
    }

    @Test("a request is looked at whole: who, then whether")
    func check() async throws {
        let bench = try AccessBench()
        let plan = Self.plan("{ roles: admin }").plan
        func verdict(_ token: Secret?) -> AccessPlan.Verdict {
            let fields = token.map { token in
                [ForwardedFields.Field(name: "authorization", value: "Bearer \(token.exposed)")]
            } ?? []
            return plan.check(
                PlainHead(fields: fields), by: bench.authentication, certificate: nil, now: bench.world.now)
        }
        #expect(verdict(nil).words == "not-signed-in, nobody")
        let admin = try await bench.issue("a1", .admin)
        #expect(verdict(admin).words == "unknown token")
        await bench.authentication.findOut(admin)
        #expect(verdict(admin).words == "allowed, a1")
        let customer = try await bench.issue("u1")
        await bench.authentication.findOut(customer)
        #expect(verdict(customer).words == "access-denied, u1")
        let wrong = Secret("no.token.of.anybody")
        await bench.authentication.findOut(wrong)
        #expect(verdict(wrong).words == "invalid-token, nobody")
        // Without authentication in the file tokens are nobody's business here.
        let head = PlainHead(fields: [.init(name: "authorization", value: "Bearer x")])
        let open = AccessPlan.anyone.check(head, by: nil, certificate: nil, now: bench.world.now)
        #expect(open.words == "allowed, nobody")
    }

    @Test("what is wrong is told with its place", arguments: [
        ("access: { if: callr.id == path.userId }",
            "character 1: callr.id is not known; did you mean caller.id? (gateway.yaml:7:17)"),
        ("access: { if: \"caller.id == path.orderId\" }", "(gateway.yaml:7:31)"),
        ("access:\n    roles: admin\n    if: caller.id == 'a' or 1 < 2", "(gateway.yaml:9:29)"),
        ("access: { permissions: orders.raed }", "is granted to nobody; did you mean orders.read?"),
        ("access: { certificate: required }", "can be fulfilled by nobody"),
        ("access: { certificate: always }", "optional, required"),
        ("access: {}", "asks for nothing"), ("access: { anyOf: [{}] }", "asks for nothing"),
        ("access: { role: admin }", "did you mean roles?"), ("access: signedin", "did you mean signedIn?"),
        ("access: own-ordres", "is no rule; did you mean own-orders?"), ("access: [admin]", "is a list"),
        ("access: own-orders-of-route", "does not fit: the route's path has no {orderId}"),
    ])
    func problems(text: String, message: String) {
        let problems = AccessFile(
            """
            roles: { customer: [orders.read] }
            access:
              own-orders: { if: path.userId == caller.id }
              own-orders-of-route: { if: path.orderId == caller.id }
            authentication: {}
            route:
              \(text)
            """
        ).problems
        #expect(problems.contains(message), "\(problems)")
        #expect(problems.contains("gateway.yaml:"))
    }

    @Test("what only known callers may use needs a way to know them", arguments: [
        "signedIn", "{ roles: admin }", "{ anyOf: [{ roles: admin }, { tiers: free }] }",
    ])
    func nobodyKnown(access: String) {
        let file = AccessFile("route: { access: \(access) }", isOpen: false)
        #expect(file.problems.contains("the file has no authentication"), "\(file.problems)")
        #expect(AccessFile("route: { access: anyone }", isOpen: false).problems.isEmpty)
        #expect(AccessFile("route: {}", isOpen: false).problems.isEmpty)
    }

    @Test("roles with lists that are none", arguments: [
        "roles: { a: b }", "roles: [a]", "roles: { A: [b] }", "roles: { a: [[b]] }",
    ])
    func wrongRoles(text: String) {
        #expect(AccessFile(text).problems.contains("roles"))
    }
}

extension AccessPlan.Verdict {
    /// What becomes of the request, and who sent it.
    fileprivate var words: String {
        switch self {
        case .allowed(let caller): "allowed, \(caller?.principal.id ?? "nobody")"
        case .refused(let refusal, let caller): "\(refusal.error.slug), \(caller?.principal.id ?? "nobody")"
        case .needsVerification: "unknown token"
        }
    }
}
