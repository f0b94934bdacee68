internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Policies") struct PolicyTests {
    @Test("the defaults are those that are promised, and valid")
    func defaults() {
        let standard = CallPolicy.standard
        #expect(standard.timeout == .seconds(5))
        #expect(standard.retry?.attemptsMax == 3)
        #expect(standard.breaker == BreakerPolicy(trip: .consecutive(failures: 5), openFor: .seconds(60), trials: 1))
        #expect(CallPolicy.critical.bulkhead?.concurrencyMax == 20)
        #expect(standard.bulkhead?.concurrencyMax == 50)
        #expect(CallPolicy.background.bulkhead?.concurrencyMax == 10)
        for policy in [standard, .critical, .background] { #expect(policy.problems().isEmpty) }
    }

    @Test("the worst case of a call is every wait at its longest and every attempt to its end")
    func worstCase() {
        let standard = CallPolicy.standard
        #expect(abs(standard.worstCase.inSeconds - (1 + 3 * 5 + 0.55 + 1.1)) < 1e-9)
        let bare = CallPolicy(name: "bare", timeout: .seconds(2), retry: nil, breaker: nil, bulkhead: nil)
        #expect(bare.worstCase == .seconds(2))
    }

    static let wrong: [(CallPolicy, String)] = [
        (CallPolicy(name: "", timeout: .zero), "timeout"),
        (CallPolicy(name: "", retry: RetryPolicy(attemptsMax: 0)), "retry.attemptsMax"),
        (CallPolicy(name: "", retry: RetryPolicy(attemptsMax: 11)), "retry.attemptsMax"),
        (CallPolicy(name: "", retry: RetryPolicy(backoff: Backoff(first: .zero))), "retry.backoff.first"),
        (CallPolicy(name: "", retry: RetryPolicy(backoff: Backoff(factor: 0.5))), "retry.backoff.factor"),
        (CallPolicy(name: "", retry: RetryPolicy(backoff: Backoff(jitter: .share(1.5)))), "retry.backoff.jitter"),
        (CallPolicy(name: "", retry: RetryPolicy(budget: .init(share: .nan))), "retry.budget.share"),
        (CallPolicy(name: "", breaker: BreakerPolicy(trip: .consecutive(failures: 0))), "breaker.failures"),
        (CallPolicy(name: "", breaker: BreakerPolicy(openFor: .zero)), "breaker.openFor"),
        (CallPolicy(name: "", breaker: BreakerPolicy(trials: 0)), "breaker.trials"),
        (CallPolicy(name: "", breaker: BreakerPolicy(trip: .rate(.init(window: .calls(0))))), "breaker.window (calls)"),
        (
            CallPolicy(name: "", breaker: BreakerPolicy(trip: .rate(.init(window: .calls(10), minimumCalls: 11)))),
            "breaker.minimumCalls"
        ),
        (CallPolicy(name: "", breaker: BreakerPolicy(trip: .rate(.init(failureRate: 0)))), "breaker.failureRate"),
        (CallPolicy(name: "", breaker: BreakerPolicy(trip: .rate(.init(slowCallRate: 2)))), "breaker.slowCallRate"),
        (CallPolicy(name: "", bulkhead: BulkheadPolicy(concurrencyMax: 0)), "bulkhead.concurrencyMax"),
        (CallPolicy(name: "", bulkhead: BulkheadPolicy(waitMax: .seconds(-1))), "bulkhead.waitMax"),
    ]

    @Test("a wrong value is named with its key and what is allowed", arguments: wrong)
    func problems(policy: CallPolicy, key: String) throws {
        let problem = try #require(policy.problems().first { $0.hasPrefix(key) })
        #expect(problem.contains("allowed"))
        #expect(PolicyBook(byTarget: ["x": policy]).problems().contains { $0.hasPrefix("x: " + key) })
    }
}

@Suite("Policy book and registry") struct PolicyRegistryTests {
    private let book = PolicyBook(byTarget: [
        "orders → catalog.GetProducts": CallPolicy(name: "exact"),
        "catalog.GetProducts": CallPolicy(name: "operation"),
        "catalog": CallPolicy(name: "callee"),
    ])

    @Test("the most specific entry holds", arguments: [
        ("orders → catalog.GetProducts", "exact"), ("carts → catalog.GetProducts", "operation"),
        ("carts → catalog.Search", "callee"), ("carts → catalog", "callee"), ("carts → users.Get", "standard"),
        ("catalog.GetProducts", "operation"), ("catalog", "callee"), ("", "standard"),
    ])
    func mostSpecific(target: String, name: String) {
        #expect(book.policy(for: target).name == name)
    }

    @Test("all callers of a target share one guard, with the policy of its target")
    func shared() {
        let registry = PolicyRegistry(world: .manual(), book: book)
        let one = registry.callGuard(from: "orders", to: "catalog.GetProducts")
        #expect(one === registry.callGuard(for: "orders → catalog.GetProducts"))
        #expect(one !== registry.callGuard(for: "carts → catalog.GetProducts"))
        #expect(one.policy.name == "exact")
    }

    @Test("snapshots come in the order of their targets; an operator can force a breaker by target")
    func snapshots() async throws {
        let events = Record<String>()
        let registry = PolicyRegistry(world: .manual(), book: book) { events.add("\($0.target) \($0.kind)") }
        for target in ["c → d", "a → b", "b → c"] { _ = registry.callGuard(for: target) }
        #expect(registry.snapshots().map(\.target) == ["a → b", "b → c", "c → d"])
        #expect(registry.force(.open, target: "b → c"))
        #expect(!registry.force(.open, target: "x → y"))
        #expect(registry.snapshots()[1].breaker?.state == .open)
        #expect(registry.snapshots()[1].breaker?.isForced == true)
        #expect(events.entries.count == 1)
    }
}
