internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRuntime
internal import FlotillaTesting
internal import Testing

@Suite("the guards of a fleet's calls")
struct GuardTelemetryTests {
    private struct Bench {
        let time = ManualTime()
        let logs = MemoryLogSink()
        let fleet: Fleet
        let subject: CallGuard

        init(_ policy: CallPolicy) throws {
            let world = World.manual(time)
            fleet = Fleet(
                try FleetMap([ProbeService("orders"), ProbeService("catalog")]),
                options: FleetOptions(
                    dataFolder: "unused", world: world, sink: logs,
                    policies: PolicyBook(byTarget: ["catalog": policy])))
            subject = fleet.policies.callGuard(from: "orders", to: "catalog.GetProducts")
        }

        /// The value of the one series of the guard with these labels beside the usual ones; nil when there is none.
        func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
            let series = fleet.metrics().first { $0.name == name }?.series ?? []
            let usual = ["service": "orders", "target": "orders → catalog.GetProducts", "policy": "nervous"]
            let found = series.filter { one in
                labels.merging(usual) { own, _ in own }.allSatisfy { one[$0.key] == $0.value }
            }
            guard found.count == 1, case .number(let value) = found[0].value else { return nil }
            return value
        }

        func call(_ answer: @escaping @Sendable () throws -> Void) async {
            let context = CallContext.root(fleet.options.world, timeout: .seconds(30))
            do { try await subject.run(context) { _ in try answer() } } catch { /* What it throws is not the point. */ }
        }

        func fail() async { await call { throw ServiceError.unavailable("catalog") } }
    }

    private static func policy(attempts: Int = 1, failures: Int = 2) -> CallPolicy {
        CallPolicy(
            name: "nervous",
            retry: RetryPolicy(
                attemptsMax: attempts, backoff: .fixed(.milliseconds(10), jitter: .none),
                budget: RetryBudget.Policy(share: 0.001, minimumPerSecond: 0, savedMax: 1)),
            breaker: BreakerPolicy(trip: .consecutive(failures: failures), openFor: .seconds(60)))
    }

    @Test("are metrics: calls by outcome, attempts, breaker and bulkhead, and nothing before the first call")
    func metrics() async throws {
        let bench = try Bench(Self.policy())
        await bench.call {}
        await bench.call {}
        await bench.call { throw ServiceError.notFound("product") }
        await bench.fail()
        #expect(bench.value("flotilla_guard_calls_total", ["outcome": "success"]) == 2)
        #expect(bench.value("flotilla_guard_calls_total", ["outcome": "callerFault"]) == 1)
        #expect(bench.value("flotilla_guard_calls_total", ["outcome": "failure"]) == 1)
        #expect(bench.value("flotilla_guard_calls_total", ["outcome": "refused"]) == 0)
        #expect(bench.value("flotilla_guard_attempts_total") == 4)
        #expect(bench.value("flotilla_guard_attempt_failures_total") == 1)
        #expect(bench.value("flotilla_guard_timeouts_total") == 0)
        #expect(bench.value("flotilla_bulkhead_calls", ["state": "running"]) == 0)
        #expect(bench.value("flotilla_retry_budget_saved") == 1)
        let fresh = try Bench(Self.policy())
        #expect(fresh.value("flotilla_guard_calls_total", ["outcome": "success"]) == 0)
        let uncalled = Fleet(fresh.fleet.map, options: fresh.fleet.options)
        #expect(uncalled.metrics().flatMap(\.series).isEmpty)
    }

    @Test("tell of a breaker that opens, tries and closes, in metrics and in the log of the caller")
    func breaker() async throws {
        let bench = try Bench(Self.policy())
        func state(_ state: String) -> Double? { bench.value("flotilla_breaker_state", ["state": state]) }
        await bench.fail()
        #expect(state("closed") == 1 && state("open") == 0)
        await bench.fail()
        #expect(state("closed") == 0 && state("open") == 1 && state("halfOpen") == 0)
        await bench.fail()
        #expect(bench.value("flotilla_guard_calls_total", ["outcome": "refused"]) == 1)
        #expect(bench.value("flotilla_guard_rejections_total", ["reason": "breaker"]) == 1)
        bench.time.advance(by: .seconds(60))
        await bench.call {}
        #expect(state("closed") == 1 && state("open") == 0)
        for (from, to) in [("closed", "open"), ("open", "halfOpen"), ("halfOpen", "closed")] {
            #expect(bench.value("flotilla_breaker_transitions_total", ["from": from, "to": to]) == 1)
        }
        let lines = bench.logs.records(LogQuery(service: "orders", text: "circuit breaker"))
        #expect(lines.map(\.level) == [.warning, .info, .info])
        #expect(lines.allSatisfy { $0.metadata.contains { $0.value == "orders → catalog.GetProducts" } })
    }

    @Test("count what is made again, and say once in a while that the retry budget is spent")
    func budget() async throws {
        let bench = try Bench(Self.policy(attempts: 2, failures: 1_000))
        // The first call takes the only retry that is saved; it waits for the clock.
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await bench.fail() }
            // Before the clock may move: a call that has not begun would find its deadline over.
            try await eventually("the first attempt failed") { bench.subject.snapshot().failures == 1 }
            try await eventually("the call was made again", on: bench.time) {
                bench.subject.snapshot().ends.failure == 1
            }
            try await group.waitForAll()
        }
        let slug = ServiceError.unavailable("catalog").slug
        #expect(bench.value("flotilla_retries_total", ["error": slug]) == 1)
        #expect(bench.logs.records(LogQuery(text: "budget")).isEmpty)
        for _ in 0..<5 { await bench.fail() }
        #expect(bench.value("flotilla_guard_failures_total", ["reason": "budgetEmpty", "error": slug]) == 5)
        #expect(bench.value("flotilla_guard_failures_total", ["reason": "attemptsUsed", "outcome": "failure"]) == 1)
        let lines = bench.logs.records(LogQuery(service: "orders", level: .warning))
        #expect(lines.count == 1)
        #expect(lines.first?.traceID != nil)
        bench.time.advance(by: .seconds(10))
        await bench.fail()
        await bench.fail()
        #expect(bench.logs.records(LogQuery(service: "orders", level: .warning)).count == 2)
    }

    @Test("count the answers of fallbacks")
    func fallback() async throws {
        let bench = try Bench(Self.policy())
        let context = CallContext.root(bench.fleet.options.world, timeout: .seconds(30))
        let answer = try await bench.subject.run(context) { _ -> String in
            throw ServiceError.unavailable("catalog")
        } fallback: { _ in "last known" }
        #expect(answer == "last known")
        #expect(bench.value("flotilla_fallbacks_total", ["error": ServiceError.unavailable("catalog").slug]) == 1)
        #expect(PrometheusText.render(bench.fleet.metrics()).contains("# TYPE flotilla_fallbacks_total counter"))
    }
}
