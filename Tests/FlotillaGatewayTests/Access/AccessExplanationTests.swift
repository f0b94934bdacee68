internal import FlotillaCore
internal import FlotillaHTTP
internal import Testing

@testable internal import FlotillaGateway

@Suite("Why a request was refused") struct AccessExplanationTests {
    private static let now = Timestamp(seconds: 1_763_818_200)

    private static let file = AccessFile(
        """
        roles:
          customer: [orders.read]
          support: [orders.*]
        route:
          access:
            permissions: [orders.read]
            tiers: [premium, enterprise]
            if: "request.method == 'GET' and not (time.hour < 6)"
            anyOf:
              - { roles: [support], if: "caller.region == 'eu'" }
              - { if: path.userId == caller.id or request.query.token == 'hush' }
        """)

    @Test("each part says what was asked, what there was, and whether that was enough")
    func text() {
        #expect(Self.file.problems.isEmpty, "\(Self.file.problems)")
        let head = PlainHead(method: "POST", path: "/users/u2/orders/7", query: "token=h%75sh2")
        let explanation = Self.file.plan.explain(head, caller: .user("u1"), now: Self.now)
        #expect(
            explanation.text == """
                refused by access: access-denied
                  caller: u1 (role customer, tier free, by token)
                  [yes] permission orders.read: the role customer has it
                  [no]  tiers: premium, enterprise: free
                  [no]  if: not so
                    [no]  request.method == 'GET' and not (time.hour < 6): 1 of 2 are so
                      [no]  request.method == 'GET': request.method is 'POST'
                      [yes] not (time.hour < 6): the inner is not so
                        [no]  time.hour < 6: time.hour is 13
                  [no]  anyOf: 0 of 2 ways are open
                    [no]  way 1: closed
                      [no]  roles: support: customer
                      [no]  if: not so
                        [no]  caller.region == 'eu': caller.region is nothing
                    [no]  way 2: closed
                      [no]  if: not so
                        [no]  path.userId == caller.id or request.query.token == (hidden): 0 of 2 are so
                          [no]  path.userId == caller.id: path.userId is 'u2', caller.id is 'u1'
                          [no]  request.query.token == (hidden): request.query.token is (hidden)
                """)
        #expect(
            explanation.reason.hasPrefix(
                "tiers: premium, enterprise is not so: free; request.method == 'GET' is not so"))
        #expect(!explanation.text.contains("hush") && !explanation.isAllowed)
    }

    @Test("the same as JSON")
    func json() throws {
        let head = PlainHead(path: "/users/u1/orders/7")
        var json = JSONWriter()
        Self.file.plan.explain(head, caller: nil, now: Self.now).write(to: &json)
        let value = try JSONValue(parsing: json.bytes)
        #expect(value["outcome"]?.string == "not-signed-in" && value["policy"]?.string == "access")
        #expect(value["caller"]?.string == "nobody who is known")
        #expect(value["steps"]?[0]?["asked"]?.string == "signedIn" && value["steps"]?[0]?["holds"]?.bool == false)
        var allowed = JSONWriter()
        let premium = Caller.user("u1", tier: "premium")
        Self.file.plan.explain(head, caller: premium, now: Self.now).write(to: &allowed)
        let other = try JSONValue(parsing: allowed.bytes)
        #expect(other["outcome"]?.string == "allowed" && other["policy"] == nil && other["reason"]?.string == "")
    }

    @Test("an explanation decides as the decision does, for all rules and callers")
    func agrees() {
        let rules = [
            "anyone", "signedIn", "{ roles: admin }", "{ permissions: [orders.read, orders.update] }",
            "{ scopes: [orders.read, x] }", "{ tiers: premium }", "{ if: path.userId == caller.id }",
            "{ if: \"not (caller.role == 'admin')\" }", "{ roles: customer, tiers: free, if: \"time.hour == 13\" }",
            "{ anyOf: [{ roles: admin }, { if: path.userId == caller.id }] }",
            "{ permissions: orders.read, anyOf: [{ roles: support }, { scopes: orders.read, tiers: premium }] }",
        ]
        let machine = Caller.machine("carts")
        let callers: [Caller?] = [
            nil, .user("u1"), .user("u2", .admin), .user("u3", .support, scopes: ["orders.read"]),
            .user("u1", tier: "premium", scopes: ["orders.read", "x"]),
            Caller(application: Caller.application("p", ["orders.*"])), Caller(machine: machine),
            Caller(
                user: Caller.user("u1")?.user, application: Caller.application("m", ["orders.read"]), machine: machine),
        ]
        for rule in rules {
            let roles = "roles: { customer: [orders.read], support: [\"orders.*\"] }"
            let file = AccessFile("\(roles)\nroute: { access: \(rule) }")
            #expect(file.problems.isEmpty, "\(file.problems)")
            for caller in callers {
                for path in ["/users/u1/orders/1", "/users/u2/orders/1"] {
                    let head = PlainHead(path: path)
                    let isAllowed = file.plan.decide(head, caller: caller, now: Self.now).isAllowed
                    let explanation = file.plan.explain(head, caller: caller, now: Self.now)
                    let message = "\(rule) for \(explanation.caller): \(explanation.text)"
                    #expect(explanation.isAllowed == isAllowed, "\(message)")
                    #expect(explanation.steps.allSatisfy(\.holds) == isAllowed, "\(message)")
                    #expect(explanation.reason.isEmpty == isAllowed, "\(message)")
                }
            }
        }
    }

    @Test("values from outside stay on their line and short")
    func shown() {
        #expect(AccessExplanation.shown("a\r\nb\u{0}") == "a\u{FFFD}\u{FFFD}b\u{FFFD}")
        #expect(AccessExplanation.shown(String(repeating: "x", count: 81)).count == 81)
    }
}

@Suite("Requests that were refused") struct RefusalLogTests {
    private let time = ManualTime()

    private func add(_ log: RefusalLog, _ number: Int, explain: () -> AccessExplanation? = { nil }) {
        log.add(
            ServiceError(.denied, "access-denied", "Not yours."), by: "access", route: "orders",
            request: "GET /orders/\(number)", caller: .user("u1"), traceID: "trace-\(number)", explain: explain)
    }

    @Test("the last 200 are kept, the last first")
    func bounded() {
        let log = RefusalLog(time: time)
        #expect(log.entries().isEmpty)
        for number in 1...501 { add(log, number) }
        let entries = log.entries()
        #expect(entries.map(\.traceID) == (302...501).reversed().map { "trace-\($0)" })
        #expect(log.total == 501)
        #expect(log.entries(traceID: "trace-400").map(\.request) == ["GET /orders/400"])
        #expect(log.entries(traceID: "trace-1").isEmpty)
        #expect(log.entries(limit: 3).map(\.traceID) == ["trace-501", "trace-500", "trace-499"])
        #expect(entries[0].callerID == "u1" && entries[0].slug == "access-denied" && entries[0].reason == "Not yours.")
    }

    @Test("fifty a second are explained, the others told")
    func explained() {
        let log = RefusalLog(time: time)
        let explanation = AccessExplanation(
            caller: "u1", outcome: "access-denied", policy: "access",
            steps: [.init(asked: "roles: admin", found: "customer", holds: false)])
        var asked = 0
        for number in 1...120 {
            add(log, number) {
                asked += 1
                return explanation
            }
        }
        #expect(asked == 50)
        let first = log.entries().last
        #expect(first?.explanation == explanation && first?.reason == "roles: admin is not so: customer")
        #expect(log.entries().first?.explanation == nil)
        time.advance(by: .seconds(1))
        add(log, 121) { explanation }
        #expect(log.entries().first?.explanation == explanation)
    }

    @Test("as JSON, with what it is called")
    func json() throws {
        var json = JSONWriter()
        RefusalLog.Entry.example.write(to: &json)
        let value = try JSONValue(parsing: json.bytes)
        for key in ["time", "route", "request", "policy", "slug", "reason", "callerId", "traceId", "explanation"] {
            #expect(value[key] != nil, "\(key)")
        }
    }
}
