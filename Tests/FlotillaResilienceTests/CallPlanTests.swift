internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Call plan") struct CallPlanTests {
    private static func policy(
        _ name: String = "test", timeout: Duration = .seconds(1), attempts: Int = 1, share: Double = 0.1,
        bulkhead: BulkheadPolicy? = BulkheadPolicy(waitMax: .zero)
    ) -> CallPolicy {
        CallPolicy(
            name: name, timeout: timeout,
            retry: RetryPolicy(
                attemptsMax: attempts, backoff: .fixed(.milliseconds(100), jitter: .none),
                budget: RetryBudget.Policy(share: share)),
            bulkhead: bulkhead)
    }

    private static func edge(_ caller: String, _ callee: String, _ policy: CallPolicy) -> CallPlan.Edge {
        CallPlan.Edge(caller: caller, callee: callee, policy: policy)
    }

    /// gateway → orders → carts → catalog, and orders → catalog.
    private static func shop(inner: CallPolicy, outer: CallPolicy) -> [CallPlan.Edge] {
        [
            edge("orders", "catalog", inner), edge("gateway", "orders", outer), edge("gateway", "users", outer),
            edge("orders", "carts", inner), edge("carts", "catalog", inner),
        ]
    }

    private static let read = CallPlan.Entry(
        "GET /orders", start: "gateway", first: "orders", deadline: .seconds(5))
    private static let write = CallPlan.Entry(
        "POST /orders", start: "gateway", first: "orders", deadline: .seconds(5), isRepeatable: false)

    private static let sound = shop(inner: policy(attempts: 2), outer: policy(timeout: .seconds(4), attempts: 2))

    @Test("every chain of a way in has its attempts multiplied; what must not be repeated is tried once at the door")
    func worstCases() {
        let worst = CallPlan(Self.sound, entries: [Self.read, Self.write]).worstCases()
        #expect(worst[0].chains.map(\.text) == [
            "gateway → orders", "gateway → orders → carts", "gateway → orders → carts → catalog",
            "gateway → orders → catalog",
        ])
        #expect(worst[0].chains.map(\.attempts) == [2, 4, 8, 4])
        #expect(worst[1].chains.map(\.attempts) == [1, 2, 4, 2])
        #expect(worst.map(\.calls) == [18, 9])
        #expect(worst.map(\.fanOut) == [2, 2])
    }

    @Test("whoever comes in waits for the attempts of the door, and no longer than the deadline")
    func time() {
        let worst = CallPlan(Self.sound, entries: [Self.read, Self.write]).worstCases()
        #expect(worst[0].time == .seconds(5))
        #expect(worst[0].isCut)
        #expect(worst[1].time == .seconds(4))
        #expect(!worst[1].isCut)
    }

    @Test("a sound plan is not refused")
    func sound() {
        let plan = CallPlan(Self.sound, entries: [Self.read, Self.write])
        #expect(plan.refusals(attemptsMax: 8, loadMax: 1.5) == [])
    }

    @Test("retries that multiply past what is allowed are refused, with the product, at the hop where they do")
    func attempts() throws {
        let plan = CallPlan(
            Self.shop(inner: Self.policy(attempts: 3, share: 0.01), outer: Self.policy(timeout: .seconds(4))),
            entries: [Self.read, Self.write])
        let refusals = plan.refusals(attemptsMax: 8, loadMax: 1.5)
        let refusal = try #require(refusals.first)
        #expect(refusals.count == 1)
        #expect(refusal.kind == .attempts)
        #expect(refusal.subject == "gateway → orders → carts → catalog")
        #expect(refusal.target == "carts → catalog")
        #expect(refusal.entries == ["GET /orders", "POST /orders"])
        #expect(refusal.sentence.hasPrefix("one request may become 9 calls (1 × 3 × 3); allowed are 8."))
        #expect(plan.refusals(attemptsMax: 9, loadMax: 1.5) == [])
    }

    @Test("retry budgets that multiply past what is allowed are refused, for a failing service would be buried")
    func load() throws {
        let plan = CallPlan(
            Self.shop(
                inner: Self.policy(attempts: 2, share: 0.2),
                outer: Self.policy(timeout: .seconds(4), attempts: 2, share: 0.2)),
            entries: [Self.read])
        let refusals = plan.refusals(attemptsMax: 8, loadMax: 1.5)
        #expect(refusals.map(\.kind) == [.load])
        #expect(refusals[0].subject == "gateway → orders → carts → catalog")
        #expect(refusals[0].sentence.hasPrefix("while it fails it may receive 1.73 times its load"))
        #expect(plan.refusals(attemptsMax: 8, loadMax: 1.75) == [])
    }

    @Test("an inner timeout longer than what waits for it is refused: than the deadline, and than an outer attempt")
    func timeouts() {
        let late = CallPlan(
            Self.shop(inner: Self.policy(timeout: .seconds(5)), outer: Self.policy(timeout: .seconds(6))),
            entries: [Self.read])
        let refusals = late.refusals(attemptsMax: 8, loadMax: 1.5)
        #expect(refusals.map(\.subject) == ["gateway → orders"])
        #expect(refusals[0].sentence.contains("may take 6.0 seconds"))
        #expect(refusals[0].sentence.contains("the deadline of GET /orders ends after 5.0 seconds"))
        let inner = CallPlan(
            Self.shop(inner: Self.policy(timeout: .seconds(3)), outer: Self.policy("door", timeout: .seconds(2))),
            entries: [Self.read])
        let deep = inner.refusals(attemptsMax: 8, loadMax: 1.5)
        #expect(deep.map(\.kind) == [.timeout, .timeout, .timeout])
        #expect(deep[0].sentence.contains("an attempt of gateway → orders (policy 'door') ends after 2.0 seconds"))
    }

    @Test("a circle of services that wait for each other is refused once, wherever it begins, and ends the walk")
    func circles() {
        let policy = Self.policy()
        let plan = CallPlan(
            [
                Self.edge("edge", "b", policy), Self.edge("b", "c", policy), Self.edge("c", "a", policy),
                Self.edge("a", "b", policy), Self.edge("c", "c", policy),
            ], entries: [CallPlan.Entry("GET /", start: "edge", deadline: .seconds(5))])
        #expect(plan.circles() == [["a", "b", "c", "a"], ["c", "c"]])
        #expect(plan.worstCases()[0].chains.last?.text == "edge → b → c → a")
        let refusals = plan.refusals(attemptsMax: .max, loadMax: 10)
        #expect(refusals.map(\.kind) == [.circle, .circle])
        #expect(refusals[0].subject == "a → b → c → a")
        #expect(CallPlan(Self.sound).circles().isEmpty)
    }

    @Test("calls without a bulkhead are refused: what waits would have no bound")
    func unbounded() {
        var edges = Self.sound
        edges[2].policy = Self.policy("loose", timeout: .seconds(4), attempts: 2, bulkhead: nil)
        let refusals = CallPlan(edges, entries: [Self.read]).refusals(attemptsMax: 8, loadMax: 1.5)
        #expect(refusals.map(\.kind) == [.unbounded])
        #expect(refusals[0].target == "gateway → users")
        #expect(refusals[0].sentence.contains("'loose'"))
    }

    @Test("a chain of any length does not overflow")
    func long() {
        let policy = Self.policy(attempts: 10)
        let edges = (0..<100).map { Self.edge("service-\(100 + $0)", "service-\(101 + $0)", policy) }
        let worst = CallPlan(edges, entries: [.init("x", start: "service-100", deadline: .seconds(5))]).worstCases()
        #expect(worst[0].chains.last?.attempts == .max)
        #expect(worst[0].calls == .max)
    }

    @Test("a net of calls that nobody can follow is refused, not walked for ever")
    func net() {
        let names = (0..<12).map { "s\($0 + 10)" }
        let edges = names.flatMap { a in names.filter { $0 > a }.map { Self.edge(a, $0, Self.policy()) } }
            + names.flatMap { a in names.filter { $0 < a }.map { Self.edge(a, $0, Self.policy()) } }
        let plan = CallPlan(edges, entries: [.init("x", start: "s10", deadline: .seconds(5))])
        #expect(plan.refusals(attemptsMax: 8, loadMax: 1.5).contains { $0.kind == .chains })
    }
}

@Suite("Last answer") struct LastAnswerTests {
    @Test("answers for a callee that cannot, while it is young enough")
    func answers() throws {
        try ManualRun.of { world in
            let policy = CallPolicy(name: "test", retry: nil, breaker: nil, bulkhead: nil)
            let subject = CallGuard(target: "a → b", policy: policy, world: world)
            let last = LastAnswer<String>(ageMax: .seconds(30), time: world.time)
            let fail: @Sendable (CallContext) async throws -> String = { _ in throw ServiceError.of(.unavailable) }
            await #expect(throws: ServiceError.self) { try await subject.run(.test(world), orLast: last, fail) }
            let fresh = try await subject.run(.test(world), orLast: last) { _ in "Tuesday's price" }
            #expect(fresh == "Tuesday's price")
            try await world.time.sleep(for: .seconds(30))
            let old = try await subject.run(.test(world), orLast: last, fail)
            #expect(old == "Tuesday's price")
            try await world.time.sleep(for: .milliseconds(1))
            await #expect(throws: ServiceError.self) { try await subject.run(.test(world), orLast: last, fail) }
            #expect(last.recall() == nil)
        }
    }

    @Test("never answers for a caller that asks wrongly")
    func callerFault() throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: .standard, world: world)
            let last = LastAnswer<Int>(ageMax: .seconds(30), time: world.time)
            last.keep(1)
            let error = await #expect(throws: ServiceError.self) {
                try await subject.run(.test(world), orLast: last) { _ in throw ServiceError.of(.notFound) }
            }
            #expect(error?.kind == .notFound)
        }
    }
}
