internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Call plan") struct CallPlanTests {
    private static func edge(_ caller: String, _ callee: String, attempts: Int = 3) -> CallPlan.Edge {
        CallPlan.Edge(
            caller: caller, callee: callee,
            policy: CallPolicy(
                name: "test", timeout: .seconds(2),
                retry: RetryPolicy(attemptsMax: attempts, backoff: Backoff(jitter: .none)), bulkhead: nil))
    }

    private let shop = CallPlan([
        edge("orders", "catalog"), edge("gateway", "orders"), edge("orders", "carts", attempts: 1),
        edge("carts", "catalog"),
    ])

    @Test("every chain has its attempts multiplied, and the wait of its first call")
    func worstCases() {
        let worst = shop.worstCases()
        #expect(worst.map(\.text) == [
            "gateway → orders", "gateway → orders → carts", "gateway → orders → carts → catalog",
            "gateway → orders → catalog",
        ])
        #expect(worst.map(\.attempts) == [3, 3, 9, 9])
        #expect(worst.allSatisfy { $0.time == .seconds(6) + .milliseconds(1500) })
    }

    @Test("a plan over budget is refused with chain, figure and what is allowed; one within it is not")
    func budget() {
        #expect(shop.problems(attemptsMax: 9, timeMax: .seconds(8)).isEmpty)
        let problems = shop.problems(attemptsMax: 8, timeMax: .seconds(7))
        #expect(problems.count == 3)
        #expect(problems[0].hasPrefix("gateway → orders: one call may take 7.5 seconds; allowed are 7.0 seconds"))
        #expect(problems[1].hasPrefix("gateway → orders → carts → catalog: one call may become 9 calls"))
    }

    @Test("circles are found once each, wherever they begin, and end the walk")
    func circles() {
        let plan = CallPlan([
            Self.edge("edge", "b"), Self.edge("b", "c"), Self.edge("c", "a"), Self.edge("a", "b"), Self.edge("c", "c"),
        ])
        #expect(plan.circles() == [["a", "b", "c", "a"], ["c", "c"]])
        #expect(plan.worstCases().map(\.text).contains("edge → b → c → a"))
        #expect(plan.problems(attemptsMax: .max, timeMax: .seconds(3600)).count == 2)
        #expect(shop.circles().isEmpty)
    }

    @Test("a chain of any length does not overflow")
    func long() {
        let edges = (0..<100).map { Self.edge("service-\(100 + $0)", "service-\(101 + $0)", attempts: 10) }
        #expect(CallPlan(edges).worstCases().last?.attempts == .max)
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
