internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

/// A dead dependency and its ten thousand callers, on virtual time; the counts are those of the dependency itself.
@Suite("An outage, and the time after it") struct OutageTests {
    /// How soon there has to be full service again, in seconds.
    private static let recovery = 5

    private static let retry = RetryPolicy(attemptsMax: 3)
    /// Nothing holds retries back but their number.
    private static let eager = RetryPolicy(
        attemptsMax: 3, budget: RetryBudget.Policy(share: 1, minimumPerSecond: 10_000, savedMax: 100_000))
    /// Never longer open than full service may take to be back; the trials come on top of it.
    private static let breaker = BreakerPolicy(openFor: .seconds(1), growth: 2, openForMax: .seconds(4), trials: 3)

    private static func policy(
        _ name: String, retry: RetryPolicy, breaker: BreakerPolicy? = nil, bulkhead: BulkheadPolicy? = nil
    ) -> CallPolicy {
        CallPolicy(name: name, timeout: .milliseconds(500), retry: retry, breaker: breaker, bulkhead: bulkhead)
    }

    private static let everything = policy(
        "everything", retry: retry, breaker: breaker,
        bulkhead: BulkheadPolicy(concurrencyMax: 200, queueMax: 200))

    @Test("ten minutes, with all there is", arguments: LimitedDependency.Death.allCases)
    func tenMinutes(_ death: LimitedDependency.Death) throws {
        let outage = Outage(policy: Self.everything, death: death, lasts: 600)
        let tape = try outage.play()
        expectOutage(tape, outage)
        expectBudget(tape, Self.retry.budget)
        expectRecovery(tape, outage)
        // An attempt for each opening and what a trial costs, in place of 300,000.
        let attempts = tape.attempts[(Outage.dies + 1)..<outage.comesBack].reduce(0, +)
        #expect(attempts < 600, "\(attempts) attempts reached the dead dependency")
        #expect(tape.openings.atEnd == tape.openings.atReturn, "the breaker opened again after the return")
    }

    @Test("the budget alone is enough, if the load fits with a fifth more", arguments: LimitedDependency.Death.allCases)
    func budgetAlone(_ death: LimitedDependency.Death) throws {
        let outage = Outage(policy: Self.policy("budget", retry: Self.retry), death: death, lasts: 30)
        let tape = try outage.play()
        expectOutage(tape, outage)
        expectBudget(tape, Self.retry.budget)
        expectRecovery(tape, outage)
    }

    @Test("the breaker alone is enough, too", arguments: LimitedDependency.Death.allCases)
    func breakerAlone(_ death: LimitedDependency.Death) throws {
        let policy = Self.policy("breaker", retry: Self.eager, breaker: Self.breaker)
        let outage = Outage(policy: policy, death: death, lasts: 30)
        let tape = try outage.play()
        expectOutage(tape, outage)
        expectRecovery(tape, outage)
    }

    @Test("without either the dependency comes back to a second outage", arguments: LimitedDependency.Death.allCases)
    func neither(_ death: LimitedDependency.Death) throws {
        let outage = Outage(policy: Self.policy("neither", retry: Self.eager), death: death, lasts: 30)
        let tape = try outage.play()
        expectOutage(tape, outage)
        // From then on three times as much arrives as can be served, and all that is answered is late.
        let late = (outage.comesBack + 5)..<(outage.comesBack + Outage.after)
        let answered = tape.answered[late].reduce(0, +)
        let began = tape.began[late].reduce(0, +)
        #expect(answered < began / 10, "\(answered) of \(began) calls were answered")
        #expect(tape.attempts[late].reduce(0, +) > 2 * began)
    }

    /// Before all is well; in the outage nothing is.
    private func expectOutage(_ tape: Outage.Tape, _ outage: Outage) {
        let before = 20..<Outage.dies
        #expect(tape.failed[before].reduce(0, +) == 0)
        #expect(tape.answered[before].reduce(0, +) > 400 * before.count)
        let meanwhile = (Outage.dies + 1)..<outage.comesBack
        #expect(tape.answered[meanwhile].reduce(0, +) == 0)
        #expect(tape.failed[meanwhile].reduce(0, +) > 400 * meanwhile.count)
    }

    /// At any moment: attempts ≤ first attempts × 1.2 + the minimum for the time so far.
    private func expectBudget(_ tape: Outage.Tape, _ budget: RetryBudget.Policy) {
        var first = 0
        var retries = 0
        for second in tape.attempts.indices {
            first += tape.attempts[second] - tape.retries[second]
            retries += tape.retries[second]
            let allowed = Double(first) * budget.share + Double(budget.minimumPerSecond * (second + 2))
            guard Double(retries) > allowed else { continue }
            Issue.record("\(retries) retries for \(first) first attempts after \(second + 1) s; allowed are \(allowed)")
            return
        }
    }

    /// From five seconds after the return on everything is answered, and no second brings more than can be served.
    private func expectRecovery(_ tape: Outage.Tape, _ outage: Outage) {
        for second in (outage.comesBack + Self.recovery)..<(outage.comesBack + Outage.after) {
            #expect(tape.failed[second] == 0, "in second \(second - outage.comesBack) after the return")
            #expect(tape.answered[second] > 400, "in second \(second - outage.comesBack) after the return")
        }
        for second in outage.comesBack..<(outage.comesBack + Outage.after) {
            let fits = tape.attempts[second] <= Outage.perSecond
            #expect(fits, "too much arrives in second \(second - outage.comesBack) after the return")
        }
    }
}
