internal import FlotillaCore
internal import Testing

@testable internal import FlotillaGateway

@Suite("Limits by name") struct RateRulesTests {
    private func counters(_ text: String) throws -> RateCounters {
        let (rules, problems) = readTraffic(text) { RateRules(from: &$0) }
        #expect(problems.isEmpty, "\(problems)")
        return RateCounters(try #require(rules))
    }

    private func caller(
        _ id: String? = nil, tier: String? = nil, key: String? = nil, _ address: String = "192.0.2.1", route: Int = 0
    ) -> RateCaller { RateCaller(id: id, tier: tier, keyID: key, address: IPAddress(address), route: route) }

    /// How many of `count` pass at one moment.
    private func passed(
        _ count: Int, _ counters: RateCounters, _ names: [String], _ caller: RateCaller,
        _ head: TrafficHead = TrafficHead(), at now: Duration = .seconds(1)
    ) -> Int {
        let selection = counters.rules.selection(names)
        return (0..<count).reduce(0) { sum, _ in
            sum + (counters.take(selection, caller, head, now: now).isAllowed ? 1 : 0)
        }
    }

    @Test(
        "each algorithm lets through what it says",
        arguments: [
            ("algorithm: token-bucket, burst: 3", 3, 1), ("algorithm: leaky-bucket, queue: 2", 3, 1),
            ("algorithm: fixed-window", 10, 0), ("algorithm: sliding-log", 10, 0),
            ("algorithm: sliding-counter", 10, 0),
        ])
    func algorithms(text: String, first: Int, later: Int) throws {
        let counters = try counters("limits: { a: { count: 10, per: 10s, \(text) } }")
        #expect(passed(30, counters, ["a"], caller()) == first)
        #expect(passed(30, counters, ["a"], caller(), at: .seconds(2)) == later)
        #expect(passed(30, counters, ["a"], caller(), at: .seconds(100)) == first)
    }

    @Test(
        "who shares a count",
        arguments: [
            ("global", false, false, false, false), ("caller", true, false, false, false),
            ("tier", false, true, false, false), ("address", false, false, true, false),
            ("route", false, false, false, true),
        ])
    func subjects(by: String, id: Bool, tier: Bool, address: Bool, route: Bool) throws {
        let other: [(RateCaller, Bool)] = [
            (caller("ben", tier: "free"), id), (caller("ann", tier: "gold"), tier),
            (caller("ann", tier: "free", "192.0.2.2"), address), (caller("ann", tier: "free", route: 1), route),
        ]
        for (other, isApart) in other {
            let counters = try counters("limits: { a: { count: 5, per: 1m, by: \(by) } }")
            #expect(passed(9, counters, ["a"], caller("ann", tier: "free")) == 5)
            #expect(passed(9, counters, ["a"], other) == (isApart ? 5 : 0), "\(by) \(other)")
        }
    }

    @Test("who is not signed in is counted by address, an address of version 6 by its network")
    func addresses() throws {
        let counters = try counters("limits: { a: { count: 5, per: 1m } }")
        #expect(passed(9, counters, ["a"], caller()) == 5)
        #expect(passed(9, counters, ["a"], caller("192.0.2.1")) == 5)
        #expect(passed(9, counters, ["a"], caller("::ffff:192.0.2.1", route: 3)) == 5)
        #expect(passed(9, counters, ["a"], caller(nil, "2001:db8::1")) == 5)
        #expect(passed(9, counters, ["a"], caller(nil, "2001:db8::2")) == 0)
        #expect(passed(9, counters, ["a"], caller(nil, "2001:db8:0:1::")) == 5)
    }

    @Test("a field or a key is counted by its value; without one there is the address, or no limit")
    func fields() throws {
        let counters = try counters(
            "limits: { f: { count: 2, by: header X-Team }, k: { count: 2, per: 1h, by: key } }")
        let red = TrafficHead(fields: [("x-team", "red")])
        #expect(passed(5, counters, ["f"], caller(), red) == 2)
        #expect(passed(5, counters, ["f"], caller("ann"), red) == 0)
        #expect(passed(5, counters, ["f"], caller(), TrafficHead(fields: [("x-team", "blue")])) == 2)
        #expect(passed(5, counters, ["f"], caller()) == 2)
        #expect(passed(5, counters, ["f"], caller("ann")) == 0)
        #expect(passed(5, counters, ["k"], caller(key: "k1")) == 2)
        #expect(passed(5, counters, ["k"], caller(key: "k2")) == 2)
        #expect(passed(5, counters, ["k"], caller()) == 5)
    }

    @Test("a tier has its own limit; who is in none has the usual one, or is anonymous")
    func tiers() throws {
        let counters = try counters(
            "limits: { a: { count: 2, tiers: { gold: 4/min, anonymous: 1/s } }, b: { tiers: { gold: 3/min } } }")
        #expect(passed(9, counters, ["a"], caller("ann", tier: "gold")) == 4)
        #expect(passed(9, counters, ["a"], caller("ben", tier: "free")) == 2)
        #expect(passed(9, counters, ["a"], caller()) == 1)
        #expect(passed(9, counters, ["b"], caller("ann", tier: "gold")) == 3)
        #expect(passed(9, counters, ["b"], caller("ben", tier: "free")) == 9)
    }

    @Test("what one limit refuses takes nothing from those after it, and narrow ones come first")
    func order() throws {
        let counters = try counters(
            "limits: { all: { count: 10, by: global, everywhere: true }, own: { count: 2, by: caller } }")
        #expect(counters.rules.selection([]) == [0])
        #expect(counters.rules.selection(["own"]) == [1, 0])
        #expect(passed(50, counters, ["own"], caller("ann")) == 2)
        #expect(passed(50, counters, ["own"], caller("ben")) == 2)
        #expect(passed(50, counters, [], caller("cid")) == 6)
    }

    @Test("the answer's lines are those of the limit that leaves least; a refusal names it")
    func lines() throws {
        let counters = try counters(
            """
            limits:
              all: { count: 100, per: 1h, by: global, everywhere: true, algorithm: fixed-window }
              own: { count: 2, per: 1m, by: caller, algorithm: fixed-window }
            """)
        let selection = counters.rules.selection(["own"])
        func verdict(_ now: Duration) -> RateVerdict {
            counters.take(selection, caller("ann"), TrafficHead(), now: now)
        }
        func shown(_ verdict: RateVerdict) -> [String] {
            var lines = FieldLines()
            verdict.addLines(to: &lines, counters)
            return texts(lines)
        }
        let first = verdict(.seconds(10))
        #expect(
            shown(first) == [
                "RateLimit-Limit: 2", "RateLimit-Policy: 2;w=60;comment=\"own\"", "RateLimit-Remaining: 1",
                "RateLimit-Reset: 60",
            ])
        #expect(first.refusal(counters.rules) == nil && first.count == 2)
        _ = verdict(.seconds(11))
        let third = verdict(.milliseconds(30_500))
        #expect(!third.isAllowed && third.count == 1 && third.refusedBy(counters.rules) == "own")
        #expect(shown(third).suffix(2) == ["RateLimit-Remaining: 0", "RateLimit-Reset: 40"])
        let refusal = try #require(third.refusal(counters.rules))
        #expect(refusal.kind == .limited && refusal.retryAfter == .milliseconds(39_500))
        #expect(refusal.detail.contains("limits.own") && refusal.detail.contains("wait 40 s"))
        #expect(shown(counters.take([], caller(), TrafficHead(), now: .zero)).isEmpty)
    }

    @Test("who comes too soon to a leaky bucket waits for a turn")
    func turns() throws {
        let counters = try counters("limits: { a: { count: 10, per: 1s, algorithm: leaky-bucket, queue: 5 } }")
        let delays = (0..<3).map { _ in counters.take([0], caller(), TrafficHead(), now: .seconds(1)).delay }
        #expect(delays == [.zero, .milliseconds(100), .milliseconds(200)])
    }

    @Test("counts go on where a rule stays what it counts")
    func reload() throws {
        let old = try counters("limits: { a: { count: 5, per: 1m }, b: { count: 5, by: global } }")
        #expect(passed(9, old, ["a", "b"], caller()) == 5)
        let (rules, _) = readTraffic("limits: { b: { count: 5, by: address }, a: { count: 7, per: 1m } }") {
            RateRules(from: &$0)
        }
        let new = RateCounters(try #require(rules), continuing: old)
        #expect(passed(9, new, ["a"], caller()) < 3)
        #expect(passed(9, new, ["b"], caller()) == 5)
    }

    @Test("memory is bounded, and who is busy is not forgotten")
    func bounded() throws {
        let counters = try counters("limits: { a: { count: 1, per: 24h, subjects: 1000, by: header X-A } }")
        func pass(_ value: String) -> Bool {
            counters.take([0], caller(), TrafficHead(fields: [("x-a", value)]), now: .seconds(1)).isAllowed
        }
        #expect(pass("busy"))
        for number in 0..<20_000 {
            #expect(pass("\(number)"))
            if number % 100 == 0 { #expect(!pass("busy")) }
        }
        #expect(counters.count <= 1_000)
    }

    @Test(
        "what is wrong is told",
        arguments: [
            ("limits: { a: { count: 0 } }", "limits.a.count"), ("limits: { a: {} }", "neither count nor tiers"),
            ("limits: { a: { count: 1, by: nobody } }", "nothing to count by"),
            ("limits: { a: { count: 1, by: header a:b } }", "nothing to count by"),
            ("limits: { a: { count: 1, algorithm: fixed-window, burst: 2 } }", "burst with token-bucket"),
            ("limits: { a: { count: 1, queue: 2 } }", "queue with leaky-bucket"),
            ("limits: { a: { count: 20000, algorithm: sliding-log } }", "sliding-log remembers"),
            ("limits: { a: { count: 1, tiers: { x: 10/fortnight } } }", "has no rate for x"),
            ("limits: { a: { count: 1, algorithm: token-buket } }", "did you mean token-bucket?"),
        ])
    func wrong(text: String, problem: String) {
        let problems = readTraffic(text) { RateRules(from: &$0) }.problems
        #expect(problems.contains(problem), "\(problems)")
    }

    @Test("a route's names must be names of limits")
    func names() throws {
        let rules = try counters("limits: { orders: { count: 1 } }").rules
        let (selection, problems) = readTraffic("limits: [orders, order]") { rules.selection(from: &$0) }
        #expect(selection == [0] && problems.contains("did you mean orders?"))
        #expect(readTraffic("limits: orders") { rules.selection(from: &$0) }.value == [0])
    }
}
