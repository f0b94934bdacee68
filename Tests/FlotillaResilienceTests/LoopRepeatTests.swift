internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Repeating on an event loop, at once") struct LoopRepeatTests {
    private let world: World
    private let time: ManualTime
    private let events = Record<GuardEvent.Kind>()

    init() {
        time = ManualTime()
        world = .manual(time)
    }

    private var now: Duration { world.time.uptime }
    private var deadline: Deadline { Deadline(in: .seconds(60), on: world.time) }

    private func subject(_ policy: CallPolicy) -> CallGuard {
        CallGuard(target: "a → b", policy: policy, world: world) { [events] in events.add($0.kind) }
    }

    private func again(
        _ subject: CallGuard, _ permit: CallPermit, _ failures: Int, _ kind: ErrorKind = .unavailable,
        before deadline: Deadline? = nil
    ) -> CallPermit? {
        subject.admitAgain(
            after: permit, kind, slug: "bad", failures: failures, before: deadline ?? self.deadline, now: now)
    }

    @Test("as many attempts as the policy has, all of one call, in the room of that call")
    func attempts() throws {
        let subject = subject(
            CallPolicy(
                name: "test", retry: RetryPolicy(attemptsMax: 3), bulkhead: BulkheadPolicy(concurrencyMax: 1)))
        let first = try subject.admit(before: deadline, now: now)
        let second = try #require(again(subject, first, 1))
        let third = try #require(again(subject, second, 2))
        #expect(subject.snapshot().bulkhead?.running == 1)
        #expect(again(subject, third, 3) == nil)
        subject.recordEnd(third, .failure)
        let shot = subject.snapshot()
        #expect(shot.calls == 1 && shot.attempts == 3 && shot.failures == 3 && shot.ends.failure == 1)
        #expect(shot.bulkhead?.running == 0 && shot.breaker?.consecutiveFailures == 3)
        #expect(
            events.entries == [
                .retrying(attempt: 1, slug: "bad", wait: .zero), .retrying(attempt: 2, slug: "bad", wait: .zero),
                .failed(attempt: 3, slug: "bad", outcome: .failure, because: .attemptsUsed),
            ])
    }

    @Test("a repeated attempt that succeeds ends the call well")
    func success() throws {
        let subject = subject(.standard)
        let first = try subject.admit(before: deadline, now: now)
        let second = try #require(again(subject, first, 1, .timeout))
        subject.record(second, .success, now: now)
        let shot = subject.snapshot()
        #expect(shot.ends.success == 1 && shot.ends.failure == 0 && shot.timeouts == 1)
        #expect(shot.breaker?.consecutiveFailures == 0 && shot.bulkhead?.running == 0)
    }

    @Test("what the policy does not repeat is not repeated", arguments: [
        ErrorKind.internal, .notFound, .conflict, .malformed,
    ])
    func conditions(kind: ErrorKind) throws {
        let subject = subject(.standard)
        let permit = try subject.admit(before: deadline, now: now)
        #expect(again(subject, permit, 1, kind) == nil)
        subject.recordEnd(permit, CallOutcome(kind: kind))
        #expect(subject.snapshot().attempts == 1 && subject.snapshot().bulkhead?.running == 0)
        #expect(
            events.entries == [
                .failed(attempt: 1, slug: "bad", outcome: CallOutcome(kind: kind), because: .notRetryable)
            ])
    }

    @Test("no policy, no time, no budget: no repeat")
    func refusals() throws {
        let without = subject(CallPolicy(name: "test", retry: nil))
        #expect(again(without, try without.admit(before: deadline, now: now), 1) == nil)
        let late = subject(.standard)
        let permit = try late.admit(before: deadline, now: now)
        #expect(again(late, permit, 1, before: Deadline(uptime: now)) == nil)
        let poor = subject(
            CallPolicy(
                name: "test",
                retry: RetryPolicy(budget: RetryBudget.Policy(share: 0.1, minimumPerSecond: 0, savedMax: 1))))
        // It begins with one retry saved.
        #expect(again(poor, try poor.admit(before: deadline, now: now), 1) != nil)
        #expect(again(poor, try poor.admit(before: deadline, now: now), 1) == nil)
        #expect(
            events.entries == [
                .failed(attempt: 1, slug: "bad", outcome: .failure, because: .notRetryable),
                .failed(attempt: 1, slug: "bad", outcome: .failure, because: .deadline),
                .retrying(attempt: 1, slug: "bad", wait: .zero),
                .failed(attempt: 1, slug: "bad", outcome: .failure, because: .budgetEmpty),
            ])
    }

    @Test("a breaker that the failure opens lets no further attempt through")
    func breaker() throws {
        let subject = subject(CallPolicy(name: "test", breaker: BreakerPolicy(trip: .consecutive(failures: 2))))
        let first = try subject.admit(before: deadline, now: now)
        let second = try #require(again(subject, first, 1))
        #expect(again(subject, second, 2) == nil)
        subject.recordEnd(second, .failure)
        #expect(subject.snapshot().breaker?.state == .open && subject.snapshot().ends.failure == 1)
        #expect(events.entries.last == .refused(.breaker))
    }

    @Test("a leaky bucket whose turn has not come refuses a further attempt")
    func limit() throws {
        let subject = subject(CallPolicy(name: "test", limit: RateLimit(.leakyBucket, 1, per: .seconds(1))))
        let first = try subject.admit(before: deadline, now: now)
        #expect(again(subject, first, 1) == nil)
        subject.recordEnd(first, .failure)
        #expect(events.entries == [.refused(.limiter)] && subject.snapshot().bulkhead?.running == 0)
    }

    @Test("an answer that streams is as slow as it was to begin")
    func took() throws {
        let rate = BreakerPolicy.Rate(
            window: .calls(2), slowCallRate: 0.5, slowAfter: .seconds(1), minimumCalls: 2)
        let policy = CallPolicy(name: "test", breaker: BreakerPolicy(trip: .rate(rate)))
        for (took, state) in [(Duration.milliseconds(5), BreakerState.closed), (.seconds(2), .open)] {
            let subject = subject(policy)
            for _ in 0..<2 {
                let permit = try subject.admit(before: deadline, now: now)
                time.advance(by: .seconds(30))
                subject.record(permit, .success, took: took, now: now)
            }
            #expect(subject.snapshot().breaker?.state == state)
        }
    }
}
