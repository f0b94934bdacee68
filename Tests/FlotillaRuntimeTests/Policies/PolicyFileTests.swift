internal import FlotillaConfiguration
internal import FlotillaResilience
internal import FlotillaRuntime
internal import Testing

@Suite("Policy file") struct PolicyFileTests {
    @Test("a file that says nothing leaves every call to the built-in policy")
    func empty() throws {
        let file = try SmallFleet.read("")
        #expect(file.book == PolicyBook())
        #expect(file.policy(for: "orders → carts.GetCart") == nil)
        #expect(file.delivery(for: "payments").entry.bounds.redelivery.attemptsMax == 6)
        #expect(file.store(for: "orders").entry.bounds.queuedWritesMax == 16_384)
    }

    @Test("a policy that says nothing is the built-in one")
    func bare() throws {
        let file = try SmallFleet.read("policies: {bare: {}}")
        let policy = try #require(file.policies.first)
        #expect(policy.call == CallPolicy(name: "bare"))
        #expect(policy.values.allSatisfy { $0.origin == .defaultValue })
    }

    @Test("every part can be named, given in place, inherited and taken away")
    func parts() throws {
        let file = try SmallFleet.read(
            """
            timeouts: {quick: 700ms}
            retries: {twice: {attempts: 2, backoff: {first: 10ms, factor: 3, longest: 1s, jitter: decorrelated}}}
            breakers:
              rate: {rate: {time: 10s, failureRate: 25%, slowCallRate: 50%, slowAfter: 1s, minimumCalls: 7}, trials: 3}
            pools: {small: {concurrency: 2, queue: 3, wait: 4s}}
            limits: {slow: {count: 5, per: 1m, burst: 9}}
            hedges: {tail: {slowerThan: 99%, atLeast: 2ms, extra: 2}}
            policies:
              one:
                {timeout: quick, retry: twice, breaker: rate, bulkhead: small, limit: slow, hedge: tail,
                minimumTime: 5ms}
              two: {like: one, breaker: none, bulkhead: {concurrency: 1, queue: 0}, hedge: none, limit: none}
            """)
        let one = file.policies[0].call
        #expect(one == CallPolicy(
            name: "one", timeout: .milliseconds(700),
            retry: RetryPolicy(
                attemptsMax: 2,
                backoff: Backoff(
                    first: .milliseconds(10), factor: 3, longest: .seconds(1), jitter: .decorrelated)),
            breaker: BreakerPolicy(
                trip: .rate(.init(
                    window: .time(.seconds(10)), failureRate: 0.25, slowCallRate: 0.5, slowAfter: .seconds(1),
                    minimumCalls: 7)), trials: 3),
            bulkhead: BulkheadPolicy(pool: "small", concurrencyMax: 2, queueMax: 3, waitMax: .seconds(4)),
            limit: one.limit,
            hedge: HedgePolicy(delay: .observed(share: 0.99, atLeast: .milliseconds(2)), extraMax: 2),
            minimumTime: .milliseconds(5)))
        #expect(one.limit != nil)
        let two = file.policies[1].call
        #expect(two.timeout == one.timeout)
        #expect(two.retry == one.retry)
        #expect(two.breaker == nil && two.hedge == nil && two.limit == nil)
        #expect(two.bulkhead == BulkheadPolicy(pool: nil, concurrencyMax: 1, queueMax: 0))
    }

    @Test("what is about instances is mapped as well")
    func instances() throws {
        let file = try SmallFleet.read(
            """
            balancers: {sticky: {algorithm: consistent-hash, zones: {enabled: false}, hashLoadMax: 1.5}}
            outliers: {strict: {failures: 3, ejection: 5s, latency: {factor: 3}}}
            adaptive: {door: {min: 64, max: 2000, start: 256}}
            policies: {one: {balancer: sticky, outliers: strict}}
            targets: {doors: {gateway: door}}
            """)
        let policy = file.policies[0]
        #expect(policy.balancer == BalancerPolicy(algorithm: .consistentHash, zones: nil, hashLoadMax: 1.5))
        #expect(policy.outliers == OutlierPolicy(
            consecutiveFailures: 3, ejection: .seconds(5), latency: .init(factor: 3)))
        #expect(file.door(for: "gateway")?.entry.bounds == AdaptiveLimit(
            limitMin: 64, limitMax: 2_000, limitStart: 256))
    }

    @Test("calls are limited by any of the algorithms, and people are told how", arguments: [
        ("{count: 5, per: 2s}", RateLimit(5, per: .seconds(2)), "At most 5 attempts each 2s, 5 at once after a pause"),
        (
            "{algorithm: leaky-bucket, count: 5, queue: 2}", RateLimit(5, per: .seconds(1), by: .leakyBucket(queue: 2)),
            "what comes sooner waits its turn, up to 2 of them"
        ),
        (
            "{algorithm: fixed-window, count: 1}", RateLimit(1, per: .seconds(1), by: .fixedWindow),
            "At most 1 attempt each 1s, counted anew each time"
        ),
        (
            "{algorithm: sliding-log, count: 5, per: 1m}", RateLimit(5, per: .seconds(60), by: .slidingLog),
            "Never more than 5 attempts each 1m, wherever it begins"
        ),
        (
            "{algorithm: sliding-counter, count: 5}", RateLimit(5, per: .seconds(1), by: .slidingCounter),
            "About 5 attempts each 1s"
        ),
    ])
    func limits(text: String, limit: RateLimit, sentence: String) throws {
        let file = try SmallFleet.read(
            """
            limits: {own: \(text)}
            policies: {one: {limit: own}, two: {like: one}, three: {like: one, limit: none}}
            targets: {calls: {"*": two}}
            """)
        #expect(file.policies.map(\.call.limit) == [limit, limit, nil])
        let answer = try #require(PolicyAnswer.find("gateway → orders", in: file, for: SmallFleet.shape).first)
        #expect(answer.sentences.contains { $0.contains(sentence) }, "\(answer.sentences)")
    }

    @Test("how instances are chosen says the policy of who calls them first: the door, or the first caller by name")
    func choices() throws {
        let file = try SmallFleet.read(
            """
            balancers: {turns: {algorithm: round-robin}}
            outliers: {strict: {failures: 3}}
            policies:
              outside: {balancer: turns, outliers: strict}
              inside: {outliers: none}
            targets:
              calls: {"gateway → *": outside, "*": inside}
            """)
        let shape = SmallFleet.shape
        let orders = try #require(file.choice(of: "orders", for: shape))
        #expect(orders.entry.bounds.balancer?.algorithm == .roundRobin)
        #expect(orders.entry.bounds.outliers?.consecutiveFailures == 3 && !orders.entry.bounds.ejectsNever)
        #expect(orders.attachment.pattern == "gateway → *")
        let carts = try #require(file.choice(of: "carts", for: shape))
        #expect(carts.entry.name == "inside" && carts.entry.bounds.balancer == nil && carts.entry.bounds.ejectsNever)
        #expect(file.choice(of: "payments", for: shape) == nil, "nobody calls it")
        let titles = PolicyAnswer.all(in: file, for: shape).map(\.title).filter { $0.hasPrefix("balancer") }
        #expect(titles == ["balancer carts", "balancer catalog", "balancer orders"])
        let text = PolicyAnswer.find("balancer carts", in: file, for: shape).map(\.text).joined()
        #expect(text.contains("by the policy inside, as \"*\" at p.yaml:7") && text.contains("None is ejected"))
        #expect(PolicyAnswer.find("balancer payments", in: file, for: shape).isEmpty)
    }

    @Test("the most specific target holds, whichever arrow it is written with")
    func targets() throws {
        let file = try SmallFleet.read(
            """
            policies: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}}
            targets:
              calls:
                "*": f
                orders -> *: e
                catalog: d
                catalog.GetProducts: c
                orders→catalog: b
                "orders  →  catalog.GetProducts": a
            """)
        func name(_ target: String) -> String? { file.policy(for: target)?.policy.name }
        #expect(name("orders → catalog.GetProducts") == "a")
        #expect(name("orders → catalog.Search") == "b")
        #expect(name("carts → catalog.GetProducts") == "c")
        #expect(name("gateway → catalog") == "d")
        #expect(name("orders → carts.GetCart") == "e")
        #expect(name("gateway → orders") == "f")
        for target in SmallFleet.shape.callTargets { #expect(file.book.policy(for: target).name == name(target)) }
    }

    private static let wrong: [(String, String)] = [
        ("polices: {}", "polices: is not known; did you mean policies? (p.yaml:1:1)"),
        ("retries: {usual: {attempts: 11}}", "retries.usual.attempts: \"11\" is out of range (p.yaml:1:29)"),
        ("retries: {Usual: {}}", "retries.Usual: is not a name (p.yaml:1:11)"),
        (
            "policies:\n  a:\n    retry: usal\nretries: {usual: {}}",
            "policies.a.retry: \"usal\" is no name of the section retries; did you mean usual? (p.yaml:3:12). "
                + "Allowed: usual, none."
        ),
        ("policies: {a: {timeout: soon}}", "policies.a.timeout: \"soon\" is no name of the section timeouts"),
        ("policies: {a: {timeout: 0ms}}", "policies.a.timeout: \"0ms\" is out of range (p.yaml:1:25)"),
        ("policies: {a: {like: b}}", "policies.a.like: \"b\" is no name of the section policies"),
        ("policies: {a: {like: b}, b: {like: a}}", "comes back to where it began"),
        ("policies: {a: {like: a}}", "policies.a.like: \"a\" comes back to where it began (p.yaml:1:22)"),
        ("policies: {a: {hedge: {}, retry: none}}", "hedge is given without retry"),
        ("policies: {a: {limit: {algorithm: nonsense}}}", "policies.a.limit.algorithm: \"nonsense\" is none of"),
        ("breakers: {a: {failures: 3, rate: {}}}", "breakers.a.failures: contradicts rate (p.yaml:1:16)"),
        ("breakers: {a: {rate: {calls: 5, time: 3s}}}", "breakers.a.rate.time: contradicts calls"),
        ("breakers: {a: {rate: {calls: 5, minimumCalls: 6}}}", "breaker.minimumCalls is 6"),
        ("breakers: {a: {openFor: 10s, openForMax: 5s}}", "breaker.openForMax is"),
        ("hedges: {a: {after: 5ms, slowerThan: 90%}}", "hedges.a.slowerThan: contradicts after"),
        ("limits: {a: {algorithm: fixed-window, burst: 5}}", "limits.a.burst: has no meaning with fixed-window"),
        ("retries: {a: {backoff: {jitter: full, jitterShare: 10%}}}", "jitterShare: has no meaning with jitter: full"),
        ("adaptive: {a: {min: 10, max: 5, start: 7}}", "adaptive.limitMin is 10"),
        ("targets: {calls: {\"*\": a}}", "targets.calls.*: \"a\" is no name of the section policies (p.yaml:1:24)"),
        (
            "policies: {a: {}}\ntargets: {calls: {gatway → *: a}}",
            "targets.calls.gatway → *: names a caller that is not in the fleet; did you mean gateway? (p.yaml:2:19)"
        ),
        (
            "policies: {a: {}}\ntargets: {calls: {payments → *: a}}",
            "targets.calls.payments → *: names a caller that calls nobody (p.yaml:2:19). "
                + "Allowed: carts, gateway, orders."
        ),
        (
            "policies: {a: {}}\ntargets: {calls: {gateway → carts: a}}",
            "names a callee that gateway does not call (p.yaml:2:19). Allowed: catalog, orders."
        ),
        (
            "policies: {a: {}}\ntargets: {calls: {catalog.GetProdcts: a}}",
            "names an operation that catalog does not have; did you mean GetProducts?"
        ),
        ("policies: {a: {}}\ntargets: {calls: {payments: a}}", "names a callee that nobody calls"),
        (
            "policies: {a: {}}\ntargets: {calls: {payments.ProcessPayment: a}}",
            "is no call: payments gets it as the message shop.payments.process-payment.v1"
        ),
        ("policies: {a: {}}\ntargets: {calls: {a → b → c: a}}", "is not a target"),
        (
            "policies: {a: {}}\ntargets:\n  calls:\n    orders → carts: a\n    orders -> carts: a",
            "targets.calls.orders -> carts: is the same as orders → carts at p.yaml:4:5 (p.yaml:5:5)"
        ),
        ("deliveries: {a: {}}\ntargets: {consumers: {orders: a}}", "is no service with consumers"),
        ("stores: {a: {}}\ntargets: {databases: {gateway: a}}", "is no service with databases"),
        ("adaptive: {a: {}}\ntargets: {doors: {orders: a}}", "is no door"),
        (
            "activities: {a: {}}\ntargets: {activities: {payments.charge-crad: a}}",
            "targets.activities.payments.charge-crad: is no activity; did you mean payments.charge-card?"
        ),
        ("plan: {attemptsMax: 0}", "plan.attemptsMax: \"0\" is out of range"),
    ]

    @Test("what is wrong is named with key, value, place and what is allowed", arguments: wrong)
    func problems(text: String, problem: String) throws {
        let problems = SmallFleet.problems(text)
        let found = try #require(problems.first { $0.contains(problem) }, "\(problems)")
        #expect(found.contains("p.yaml:"))
        #expect(found.contains("Allowed: "))
    }

    @Test("everything is said at once, by line, and nothing twice because of a first mistake")
    func all() {
        let problems = SmallFleet.problems(
            """
            retries:
              usual: {attempts: 0}
            pools: {p: 5}
            policies:
              a: {retry: usual, bulkhead: p, breaker: nope}
            targets:
              calls: {"orders → users": a}
            """)
        #expect(problems.map { String($0.prefix { $0 != ":" }) } == [
            "retries.usual.attempts", "pools.p", "policies.a.breaker", "targets.calls.orders → users",
        ])
    }

    @Test("two policies cannot give one pool other bounds")
    func pools() throws {
        let file = try SmallFleet.read("policies: {a: {bulkhead: critical}, b: {bulkhead: critical}}")
        #expect(file.policies.map(\.call.bulkhead?.concurrencyMax) == [20, 20])
        let own = try SmallFleet.read("pools: {critical: {concurrency: 3}}\npolicies: {a: {bulkhead: critical}}")
        #expect(own.policies[0].call.bulkhead?.concurrencyMax == 3)
        // What no entry fits shares the pool as the file has it; else one name would stand for two rooms.
        let usual = try SmallFleet.read(
            "pools: {standard: {concurrency: 3}}\npolicies: {a: {}}\ntargets: {calls: {catalog: a}}")
        #expect(usual.book.problems() == [])
        #expect(usual.book.policy(for: "orders → carts.GetCart").bulkhead?.concurrencyMax == 3)
    }
}
