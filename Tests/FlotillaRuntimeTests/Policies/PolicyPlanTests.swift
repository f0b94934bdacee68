internal import FlotillaConfiguration
internal import FlotillaResilience
internal import FlotillaRuntime
internal import Testing

@Suite("Policy plan") struct PolicyPlanTests {
    private static func plan(_ text: String, _ shape: FleetShape = SmallFleet.shape) throws -> PolicyPlan {
        PolicyPlan(try SmallFleet.read(text, for: shape), for: shape)
    }

    @Test("a sound plan names the worst case of every way in: routes, schedules, consumers, databases")
    func sound() throws {
        let plan = try Self.plan(SmallFleet.sound)
        #expect(plan.refusals == [])
        #expect(plan.worstCases.map(\.entry.name) == [
            "GET /orders", "POST /orders", "GET /products", "schedule carts.expire",
        ])
        #expect(plan.worstCases[0].chains.map(\.attempts).max() == 8)
        #expect(plan.worstCases[1].chains.map(\.attempts).max() == 4)
        #expect(plan.consumers.map(\.service) == ["payments"])
        #expect(plan.databases.map(\.service) == ["carts", "catalog", "orders", "payments"])
        let text = plan.text
        #expect(text.contains("gateway → orders → carts.GetCart → catalog.GetProducts 2 × 2 × 2 = 8"))
        #expect(text.contains("payments  1 type, tried 6 times over 6.2s, then a dead letter (built-in)"))
        #expect(text.contains("The plan holds"))
    }

    private static let refused: [(CallPlan.Refusal.Kind, String, FleetShape, String)] = [
        (
            .attempts, SmallFleet.sound.replacing("attempts: 2", with: "attempts: 3"), SmallFleet.shape,
            "gateway → orders → carts.GetCart: one request may become 9 calls (3 × 3); "
                + "allowed are 8. Retry at one hop only. It begins with GET /orders (p.yaml:9:5)"
        ),
        (
            .load, SmallFleet.sound.replacing("10%", with: "20%"), SmallFleet.shape,
            "gateway → orders → carts.GetCart → catalog.GetProducts: while it fails it may receive 1.73 times its load"
        ),
        (
            .timeout, SmallFleet.sound.replacing("timeout: 1s", with: "timeout: 4500ms"), SmallFleet.shape,
            "gateway → orders → carts.GetCart: an attempt may take 4.5 seconds (policy 'inner'), but an attempt of "
                + "gateway → orders (policy 'outer') ends after 4.0 seconds"
        ),
        (
            .timeout, SmallFleet.sound.replacing("timeout: 4s", with: "timeout: 6s"), SmallFleet.shape,
            "gateway → orders: an attempt may take 6.0 seconds (policy 'outer'), but the deadline of GET /orders ends "
                + "after 5.0 seconds"
        ),
        (
            .unbounded, SmallFleet.sound.replacing("timeout: 1s", with: "timeout: 1s, bulkhead: none"),
            SmallFleet.shape,
            "carts → catalog.GetProducts: the policy 'inner' bounds neither the calls under way nor those that wait"
        ),
        (
            .circle, "", FleetShape([.init("a", calls: ["b"]), .init("b", calls: ["c"]), .init("c", calls: ["a"])]),
            "a → b → c → a: each waits for the next, the last for the first"
        ),
    ]

    @Test(
        "what cannot hold is refused with the chain, the figures, what to do, and the line that decides",
        arguments: refused)
    func refusals(kind: CallPlan.Refusal.Kind, text: String, shape: FleetShape, sentence: String) throws {
        let plan = try Self.plan(text, shape)
        #expect(plan.refusals.contains { $0.kind == kind })
        let problems = plan.problems.map(\.description)
        #expect(problems.contains { $0.contains(sentence) }, "\(problems)")
        #expect(problems.allSatisfy { $0.contains("p.yaml") })
        #expect(plan.text.contains("The plan is refused"))
    }

    @Test("what may be allowed is a matter of the file")
    func bounds() throws {
        let loose = SmallFleet.sound.replacing("attempts: 2", with: "attempts: 3") + "\nplan: {attemptsMax: 27}\n"
        #expect(try Self.plan(loose).refusals == [])
        let heavy = SmallFleet.sound.replacing("10%", with: "20%") + "\nplan: {loadMax: 1.8}\n"
        #expect(try Self.plan(heavy).refusals == [])
    }
}

@Suite("Policy answers") struct PolicyAnswerTests {
    private static func find(_ name: String) throws -> [PolicyAnswer] {
        PolicyAnswer.find(name, in: try SmallFleet.read(SmallFleet.sound), for: SmallFleet.shape)
    }

    @Test("a call is explained: each value, where it is from and through which name, and the worst case in words")
    func call() throws {
        let answer = try #require(try Self.find("orders -> catalog.GetProducts").first)
        #expect(answer.policyName == "inner")
        #expect(answer.pattern == "*")
        #expect(answer.origin == "p.yaml:9:5")
        func value(_ key: String) -> PolicyFile.Value? { answer.values.first { $0.key == key } }
        #expect(value("timeout")?.text == "1s")
        #expect(value("timeout")?.origin.description == "p.yaml:5:33")
        #expect(value("retry.attempts")?.text == "2")
        #expect(value("retry.attempts")?.origin.description == "p.yaml:2:25")
        #expect(value("retry.attempts")?.through == "retries.once-more")
        #expect(value("retry.backoff.first")?.origin == .defaultValue)
        #expect(value("breaker.failures") == nil)
        #expect(value("breaker.openFor")?.text == "1m")
        let text = answer.text
        #expect(text.contains("by the policy inner, as \"*\" at p.yaml:9:5 says"))
        #expect(text.contains("It is tried up to 2 times, 1s each"))
        #expect(text.contains("At worst one call takes 3.55s and is 2 attempts"))
    }

    @Test("the values are those that hold: the attempts, times and bounds of the policy in the book")
    func truth() throws {
        let file = try SmallFleet.read(SmallFleet.sound)
        for answer in PolicyAnswer.all(in: file, for: SmallFleet.shape) {
            guard case .call(let effective) = answer.subject else { continue }
            #expect(effective.call == file.book.policy(for: answer.title))
            let attempts = answer.values.first { $0.key == "retry.attempts" }?.text
            #expect(attempts == String(effective.call.retry?.attemptsMax ?? 1))
        }
    }

    @Test("a command is explained as the message it is")
    func message() throws {
        for name in ["orders → payments.ProcessPayment", "payments.ProcessPayment"] {
            let answer = try #require(try Self.find(name).first)
            guard case .message(let type, let senders, let service, _) = answer.subject else {
                Issue.record("\(name) is not a message")
                continue
            }
            #expect(type == "shop.payments.process-payment.v1")
            #expect(senders == ["orders"])
            #expect(service == "payments")
            #expect(answer.text.contains("nobody waits"))
        }
        #expect(try Self.find("carts → payments.ProcessPayment").isEmpty)
    }

    @Test("what several call is explained for each; consumers and databases have names as well")
    func others() throws {
        #expect(try Self.find("catalog.GetProducts").map(\.title) == [
            "carts → catalog.GetProducts", "orders → catalog.GetProducts",
        ])
        #expect(try Self.find("catalog").count == 3)
        #expect(try Self.find("consumer payments").map(\.title) == ["consumer payments"])
        #expect(try Self.find("database orders").map(\.title) == ["database orders"])
        #expect(try Self.find("consumer orders").isEmpty)
        #expect(try Self.find("database gateway").isEmpty)
    }

    @Test("an unknown name is answered with the nearest one")
    func unknown() throws {
        #expect(try Self.find("orders → catlog.GetProducts").isEmpty)
        let hint = PolicyAnswer.suggestion(for: "orders → catlog.GetProducts", for: SmallFleet.shape)
        #expect(hint == "; did you mean orders → catalog.GetProducts?")
        #expect(PolicyAnswer.suggestion(for: "catalog.GetProduct", for: SmallFleet.shape).contains("GetProducts"))
        #expect(PolicyAnswer.suggestion(for: "orders → catlog", for: SmallFleet.shape).contains("orders → catalog?"))
    }
}
