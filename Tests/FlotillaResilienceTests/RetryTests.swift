internal import FlotillaCore
@testable internal import FlotillaResilience
internal import Testing

@Suite("Backoff") struct BackoffTests {
    @Test("exponential: 500, 1000, 2000 ms, and never more")
    func exponential() {
        var backoff = Backoff()
        backoff.jitter = .none
        let waits = (1...6).map { backoff.wait(afterFailure: $0, chance: 0.7) }
        #expect(waits == [500, 1000, 2000, 2000, 2000, 2000].map { .milliseconds($0) })
    }

    @Test("fixed: the same wait, however many failures there were")
    func fixed() {
        let backoff = Backoff.fixed(.milliseconds(300), jitter: .none)
        #expect([1, 2, 3, 1_000_000].map { backoff.wait(afterFailure: $0, chance: 0) }
            == Array(repeating: .milliseconds(300), count: 4))
    }

    @Test("jitter of 10 % stays within 10 %, full jitter between nothing and the whole wait", arguments: [
        0.0, 0.25, 0.5, 0.999_999,
    ])
    func jitter(chance: Double) {
        let wait = Backoff(jitter: .share(0.1)).wait(afterFailure: 1, chance: chance)
        #expect(abs(wait / .seconds(1) - 0.5 * (0.9 + 0.2 * chance)) < 1e-9)
        let full = Backoff(jitter: .full).wait(afterFailure: 3, chance: chance)
        #expect(abs(full / .seconds(1) - 2 * chance) < 1e-9)
    }

    @Test("decorrelated: from the first wait to three times the one before, never more than the longest")
    func decorrelated() {
        let backoff = Backoff(first: .milliseconds(100), longest: .seconds(2), jitter: .decorrelated)
        func wait(_ chance: Double, last: Int?) -> Double {
            backoff.wait(afterFailure: 1, chance: chance, last: last.map { .milliseconds($0) }) / .milliseconds(1)
        }
        #expect(wait(0, last: nil) == 100 && abs(wait(0.5, last: nil) - 200) < 1e-6)
        #expect(wait(0, last: 500) == 100 && abs(wait(0.5, last: 500) - 800) < 1e-6)
        #expect(wait(0.999_999, last: 1500) == 2000)
        // Callers that failed together are apart soon.
        let random = SeededRandom(seed: 3)
        var waits = Array(repeating: Duration.milliseconds(100), count: 50)
        for _ in 0..<3 { waits = waits.map { backoff.wait(afterFailure: 1, chance: random.unit(), last: $0) } }
        #expect(Set(waits.map { $0 / .milliseconds(10) }.map { Int($0) }).count > 25)
    }

    @Test("no wait is longer than the longest that is announced", arguments: [
        Backoff(), Backoff(jitter: .full), Backoff(jitter: .none), Backoff(jitter: .share(1)),
        Backoff(jitter: .decorrelated),
        .fixed(.milliseconds(10)),
    ])
    func longest(backoff: Backoff) {
        for failures in 1...10 {
            for chance in [0, 0.5, 0.999_999_9] {
                #expect(backoff.wait(afterFailure: failures, chance: chance)
                    <= backoff.longestWait(afterFailure: failures))
            }
        }
    }
}

@Suite("Retry budget") struct RetryBudgetTests {
    /// A budget whose retries can be taken in an expectation.
    private final class Purse {
        private var machine: RetryBudgetMachine

        init(_ policy: RetryBudget.Policy, now: Duration = .zero) {
            machine = RetryBudgetMachine(policy, now: now)
        }

        func noteCalls(_ count: Int) { for _ in 0..<count { machine.noteCall() } }
        func take(upTo count: Int, now: Duration) -> Int { (0..<count).count { _ in machine.takeRetry(now: now) } }
        func saved(now: Duration) -> Int { machine.saved(now: now) }
    }

    @Test("a fifth of the calls may be repeated, beyond the minimum a second")
    func share() {
        let purse = Purse(.init(share: 0.2, minimumPerSecond: 0, savedMax: 1000))
        #expect(purse.take(upTo: 10, now: .zero) == 1, "starts with one")
        purse.noteCalls(1000)
        #expect(purse.take(upTo: 1000, now: .zero) == 200)
    }

    @Test("time gives the minimum back, to the microsecond")
    func minimum() {
        let purse = Purse(.init(share: 0.2, minimumPerSecond: 10, savedMax: 100))
        #expect(purse.take(upTo: 100, now: .zero) == 10)
        #expect(purse.take(upTo: 100, now: .milliseconds(99)) == 0)
        #expect(purse.take(upTo: 100, now: .milliseconds(100)) == 1)
        #expect(purse.take(upTo: 100, now: .milliseconds(1100)) == 10)
    }

    @Test("what is saved up is bounded, by calls and by time, however long the pause")
    func bounded() {
        let purse = Purse(.init(share: 1, minimumPerSecond: 10_000, savedMax: 50))
        purse.noteCalls(1000)
        #expect(purse.saved(now: .zero) == 50)
        #expect(purse.take(upTo: 1000, now: .seconds(1_000_000_000)) == 50)
    }

    @Test("a clock that seems to stand still or go back gives nothing")
    func noTime() {
        let purse = Purse(.init(share: 0.1, minimumPerSecond: 1, savedMax: 10), now: .seconds(5))
        #expect(purse.take(upTo: 5, now: .seconds(5)) == 1)
        #expect(purse.take(upTo: 5, now: .seconds(1)) == 0)
    }

    @Test("shared by many tasks, it gives out no more than it has")
    func concurrent() async {
        let budget = RetryBudget(.init(share: 0.5, minimumPerSecond: 0, savedMax: 1000), now: .zero)
        let taken = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<100).count { _ in
                        budget.noteCall()
                        return budget.takeRetry(now: .zero)
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(taken + budget.saved(now: .zero) == 401)
    }
}

@Suite("Retry, as a value") struct RetryMachineTests {
    private let policy = RetryPolicy(backoff: Backoff(jitter: .none))

    private func decide(
        _ error: any Error, isIdempotent: Bool = true, remaining: Duration = .seconds(60), budget: Bool = true
    ) -> RetryMachine.Decision {
        var machine = RetryMachine(policy, isIdempotent: isIdempotent)
        return machine.afterFailure(error, remaining: remaining, chance: 0.5, takeBudget: { budget })
    }

    @Test("only errors that may pass are retried", arguments: ErrorKind.allCases)
    func kinds(kind: ErrorKind) {
        let passing: Set<ErrorKind> = [.unavailable, .timeout, .limited]
        #expect(decide(ServiceError.of(kind))
            == (passing.contains(kind) ? .retry(after: .milliseconds(500)) : .giveUp(.notRetryable)))
    }

    @Test("the conditions of a policy: 429, 500, 502 and 503, 504", arguments: [
        (RetryConditions.limited, ErrorKind.limited), (.defect, .internal), (.unavailable, .unavailable),
        (.timeout, .timeout),
    ])
    func conditions(condition: RetryConditions, kind: ErrorKind) {
        for (conditions, expected) in [(condition, true), (RetryConditions.all.subtracting(condition), false)] {
            var machine = RetryMachine(
                RetryPolicy(backoff: Backoff(jitter: .none), conditions: conditions), isIdempotent: true)
            let decision = machine.afterFailure(
                ServiceError.of(kind), remaining: .seconds(60), chance: 0, takeBudget: { true })
            #expect(decision == (expected ? .retry(after: .milliseconds(500)) : .giveUp(.notRetryable)))
        }
        #expect(RetryConditions.passing == [.limited, .unavailable, .timeout])
    }

    @Test("the waits of one call are decorrelated from each other, without what the callee asked for")
    func lastWait() {
        var machine = RetryMachine(
            RetryPolicy(attemptsMax: 4, backoff: Backoff(first: .milliseconds(100), jitter: .decorrelated)),
            isIdempotent: true)
        func next(_ error: ServiceError) -> RetryMachine.Decision {
            machine.afterFailure(error, remaining: .seconds(60), chance: 0.5, takeBudget: { true })
        }
        #expect(next(.of(.limited, retryAfter: .seconds(9))) == .retry(after: .seconds(9)))
        #expect(next(.of(.timeout)) == .retry(after: .milliseconds(350)))
        #expect(next(.of(.timeout)) == .retry(after: .milliseconds(575)))
    }

    @Test("the error's own word on retrying holds over its kind")
    func ownWord() {
        let never = ServiceError(.unavailable, "gone", "Gone for good.", isRetryable: false)
        #expect(decide(never) == .giveUp(.notRetryable))
        let again = ServiceError(.internal, "hiccup", "Try again.", isRetryable: true)
        #expect(decide(again) == .retry(after: .milliseconds(500)))
    }

    @Test("what nobody described, and what must not be made twice, is not retried")
    func notRetried() {
        struct Odd: Error {}
        #expect(decide(Odd()) == .giveUp(.notRetryable))
        #expect(decide(CancellationError()) == .giveUp(.notRetryable))
        #expect(decide(ServiceError.of(.unavailable), isIdempotent: false) == .giveUp(.notRetryable))
    }

    @Test("it waits as long as the callee asks, and not less than its own backoff", arguments: [
        (Duration.milliseconds(100), Duration.milliseconds(500)), (.seconds(7), .seconds(7)),
    ])
    func retryAfter(asked: Duration, wait: Duration) {
        #expect(decide(ServiceError.of(.limited, retryAfter: asked)) == .retry(after: wait))
    }

    @Test("a wait that would end at the deadline or after it is not begun")
    func deadline() {
        #expect(decide(ServiceError.of(.timeout), remaining: .milliseconds(500)) == .giveUp(.deadline))
        #expect(decide(ServiceError.of(.timeout), remaining: .milliseconds(501)) == .retry(after: .milliseconds(500)))
        let patient = ServiceError.of(.unavailable, retryAfter: .seconds(60))
        #expect(decide(patient, remaining: .seconds(60)) == .giveUp(.deadline))
    }

    @Test("three attempts in all; an empty budget ends it earlier; the budget is asked last")
    func attempts() {
        var machine = RetryMachine(policy, isIdempotent: true)
        var asked = 0
        func next(_ remaining: Duration = .seconds(60)) -> RetryMachine.Decision {
            machine.afterFailure(ServiceError.of(.timeout), remaining: remaining, chance: 0) {
                asked += 1
                return true
            }
        }
        #expect(next() == .retry(after: .milliseconds(500)))
        #expect(next() == .retry(after: .milliseconds(1000)))
        #expect(next() == .giveUp(.attemptsUsed))
        #expect(asked == 2)
        machine = RetryMachine(policy, isIdempotent: true)
        #expect(next(.zero) == .giveUp(.deadline))
        #expect(asked == 2)
        #expect(decide(ServiceError.of(.timeout), budget: false) == .giveUp(.budgetEmpty))
    }
}
