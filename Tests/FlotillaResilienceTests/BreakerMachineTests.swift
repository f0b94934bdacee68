internal import FlotillaCore
@testable internal import FlotillaResilience
internal import Testing

/// Drives a breaker by hand: `t` is the clock in seconds.
private final class Bench {
    var machine: BreakerMachine
    var t = 0.0

    init(_ policy: BreakerPolicy = BreakerPolicy()) { machine = BreakerMachine(policy) }

    var now: Duration { .seconds(t) }

    func admit() -> BreakerPermit? {
        if case .admitted(let permit) = machine.admit(now: now) { permit } else { nil }
    }

    func refusal() -> Duration? {
        if case .refused(let after) = machine.admit(now: now) { after } else { nil }
    }

    func finish(_ permit: BreakerPermit, _ outcome: CallOutcome, took: Duration = .zero) {
        machine.record(permit, outcome, took: took, now: now)
    }

    func snapshot() -> BreakerSnapshot { machine.snapshot(target: "a → b", now: now) }

    /// One call from start to end; false when it was refused.
    @discardableResult
    func call(_ outcome: CallOutcome, took: Duration = .zero) -> Bool {
        guard let permit = admit() else { return false }
        finish(permit, outcome, took: took)
        return true
    }

    func calls(_ count: Int, _ outcome: CallOutcome, took: Duration = .zero) {
        for _ in 0..<count { call(outcome, took: took) }
    }
}

@Suite("Circuit breaker, as a value") struct BreakerMachineTests {
    @Test("five failures in a row open it, four do not")
    func opens() {
        let bench = Bench()
        bench.calls(4, .failure)
        #expect(bench.machine.state == .closed)
        bench.call(.failure)
        #expect(bench.machine.state == .open)
        #expect(bench.machine.openings == 1)
        #expect(bench.refusal() == .seconds(60))
    }

    @Test("a success in between starts the count anew")
    func successResets() {
        let bench = Bench()
        for _ in 0..<10 {
            bench.calls(4, .failure)
            bench.call(.success)
        }
        #expect(bench.machine.state == .closed)
    }

    @Test("a caller's own faults and abandoned calls neither count nor start the count anew", arguments: [
        CallOutcome.callerFault, .abandoned, .notAsked,
    ])
    func ignored(outcome: CallOutcome) {
        let bench = Bench()
        bench.calls(100, outcome)
        #expect(bench.machine.state == .closed)
        bench.calls(4, .failure)
        bench.call(outcome)
        #expect(bench.machine.state == .closed)
        bench.call(.failure)
        #expect(bench.machine.state == .open)
    }

    @Test("its own refusals neither count nor keep it open longer")
    func refusalsDoNotCount() {
        let bench = Bench()
        bench.calls(5, .failure)
        for second in stride(from: 0.0, to: 60, by: 1) {
            bench.t = second
            #expect(bench.refusal() == .seconds(60 - second))
        }
        #expect(bench.machine.refusals == 60)
        bench.t = 60
        #expect(bench.admit()?.isTrial == true)
    }

    @Test("after the wait one trial goes through, and only one")
    func oneTrial() throws {
        let bench = Bench()
        bench.calls(5, .failure)
        bench.t = 59.999
        #expect(bench.refusal() == .milliseconds(1))
        bench.t = 60
        let trial = try #require(bench.admit())
        #expect(bench.machine.state == .halfOpen)
        #expect(bench.refusal() != nil)
        bench.finish(trial, .success)
        #expect(bench.machine.state == .closed)
        bench.calls(4, .failure)
        #expect(bench.machine.state == .closed, "the count starts anew after closing")
    }

    @Test("what a trial's outcome leads to", arguments: [
        (CallOutcome.success, BreakerState.closed), (.callerFault, .closed), (.failure, .open), (.abandoned, .halfOpen),
        (.notAsked, .halfOpen),
    ])
    func trialOutcome(outcome: CallOutcome, state: BreakerState) throws {
        let bench = Bench()
        bench.calls(5, .failure)
        bench.t = 61
        bench.finish(try #require(bench.admit()), outcome)
        #expect(bench.machine.state == state)
        switch state {
        case .open: #expect(bench.refusal() == .seconds(60), "the whole wait again")
        case .halfOpen: #expect(bench.admit()?.isTrial == true, "the place of the trial is free again")
        case .closed: #expect(bench.admit()?.isTrial == false)
        }
    }

    @Test("the outcome of a call from before the last change of state says nothing")
    func lateOutcomes() throws {
        let bench = Bench()
        let slowFailure = try #require(bench.admit())
        let slowSuccess = try #require(bench.admit())
        bench.calls(5, .failure)
        bench.finish(slowSuccess, .success)
        #expect(bench.machine.state == .open)
        bench.t = 60
        let trial = try #require(bench.admit())
        bench.finish(slowFailure, .failure)
        #expect(bench.machine.state == .halfOpen)
        bench.finish(trial, .success)
        #expect(bench.machine.state == .closed)
    }

    @Test("a trial whose outcome never comes does not hold it half-open for good")
    func lostTrial() throws {
        let bench = Bench()
        bench.calls(5, .failure)
        bench.t = 60
        _ = try #require(bench.admit())
        bench.t = 100
        #expect(bench.refusal() == .seconds(20))
        bench.t = 120
        bench.finish(try #require(bench.admit()), .success)
        #expect(bench.machine.state == .closed)
    }

    @Test("with three trials, three successes close it and one failure opens it")
    func severalTrials() throws {
        let bench = Bench(BreakerPolicy(trials: 3))
        bench.calls(5, .failure)
        bench.t = 60
        let trials = [try #require(bench.admit()), try #require(bench.admit()), try #require(bench.admit())]
        #expect(bench.admit() == nil)
        bench.finish(trials[0], .success)
        bench.finish(trials[1], .success)
        #expect(bench.machine.state == .halfOpen)
        #expect(bench.admit() == nil, "three trials in all, not three at a time for ever")
        bench.finish(trials[2], .failure)
        #expect(bench.machine.state == .open)
        bench.t = 120
        for _ in 0..<3 { bench.finish(try #require(bench.admit()), .success) }
        #expect(bench.machine.state == .closed)
    }

    @Test("an operator can hold it open or closed, and let it go")
    func forced() {
        let bench = Bench()
        bench.machine.force(.open, now: bench.now)
        #expect(bench.machine.state == .open)
        #expect(bench.refusal() != nil)
        bench.t = 3600
        #expect(bench.refusal() != nil, "a forced breaker makes no trials")
        bench.machine.force(.closed, now: bench.now)
        bench.calls(100, .failure)
        #expect(bench.machine.state == .closed)
        bench.machine.force(nil, now: bench.now)
        #expect(bench.machine.state == .closed)
        bench.calls(4, .failure)
        #expect(bench.machine.state == .closed, "nothing from the forced time is counted")
        bench.call(.failure)
        #expect(bench.machine.state == .open)
    }

    @Test("the snapshot tells state, counts and when a trial comes")
    func snapshot() {
        let bench = Bench()
        bench.calls(3, .failure)
        #expect(bench.snapshot().consecutiveFailures == 3)
        bench.calls(2, .failure)
        _ = bench.refusal()
        bench.t = 20
        let shot = bench.snapshot()
        #expect(shot.target == "a → b")
        #expect(shot.state == .open)
        #expect(shot.refusals == 1)
        #expect(shot.openings == 1)
        #expect(shot.inStateFor == .seconds(20))
        #expect(shot.retryAfter == .seconds(40))
        #expect(!shot.isForced)
        bench.machine.force(.open, now: bench.now)
        #expect(bench.snapshot().isForced)
    }
}

@Suite("Circuit breaker, by rate") struct BreakerRateTests {
    private func policy(
        _ window: BreakerPolicy.Rate.Window, slow: Double? = nil, minimum: Int = 10
    ) -> BreakerPolicy {
        BreakerPolicy(trip: .rate(
            BreakerPolicy.Rate(
                window: window, failureRate: 0.5, slowCallRate: slow, slowAfter: .seconds(1), minimumCalls: minimum)))
    }

    @Test("too few calls never open it, whatever their outcome")
    func minimumCalls() {
        let bench = Bench(policy(.calls(20)))
        bench.calls(9, .failure)
        #expect(bench.machine.state == .closed)
        bench.call(.failure)
        #expect(bench.machine.state == .open)
    }

    @Test("it opens at the rate, not below")
    func atTheRate() {
        let bench = Bench(policy(.calls(20)))
        bench.calls(11, .success)
        bench.calls(9, .failure)
        #expect(bench.machine.state == .closed, "9 of 20")
        bench.call(.success)
        #expect(bench.machine.state == .closed, "9 of the last 20")
        bench.call(.failure)
        #expect(bench.machine.state == .open, "10 of the last 20")
    }

    @Test("a window of time forgets")
    func timeWindow() {
        let bench = Bench(policy(.time(.seconds(10))))
        bench.calls(9, .failure)
        bench.t = 10.5
        bench.call(.failure)
        #expect(bench.machine.state == .closed, "the first nine are too long ago")
        #expect(bench.snapshot().recentCalls == 1)
        bench.t = 15
        bench.calls(8, .failure)
        #expect(bench.machine.state == .closed)
        bench.call(.failure)
        #expect(bench.machine.state == .open, "ten within ten seconds")
    }

    @Test("slow successes open it when slowness counts")
    func slowCalls() {
        let deaf = Bench(policy(.calls(20)))
        deaf.calls(20, .success, took: .seconds(3))
        #expect(deaf.machine.state == .closed)
        let bench = Bench(policy(.calls(20), slow: 0.8))
        bench.calls(8, .success, took: .seconds(1))
        bench.call(.success, took: .milliseconds(999))
        #expect(bench.machine.state == .closed)
        bench.call(.success, took: .milliseconds(1))
        #expect(bench.machine.state == .open, "8 of 10 were slow")
        bench.t = 60
        bench.call(.success, took: .seconds(2))
        #expect(bench.machine.state == .open, "a slow trial does not close it")
        bench.t = 120
        bench.call(.success, took: .milliseconds(10))
        #expect(bench.machine.state == .closed)
    }

    @Test("the window's running total is what counting from scratch gives", arguments: [
        BreakerPolicy.Rate.Window.calls(1), .calls(7), .calls(100), .time(.seconds(1)), .time(.seconds(60)),
    ])
    func windowAgainstModel(window: BreakerPolicy.Rate.Window) {
        let random = SeededRandom(seed: 7)
        var subject = BreakerWindow(window)
        var history: [(at: Duration, failed: Bool, slow: Bool)] = []
        var now = Duration.zero
        for _ in 0..<3000 {
            now += .milliseconds(random.int(in: 0...50) == 0 ? random.int(in: 0...90_000) : random.int(in: 0...300))
            let entry = (at: now, failed: random.next() & 1 == 0, slow: random.next() & 3 == 0)
            history.append(entry)
            subject.add(failed: entry.failed, slow: entry.slow, now: now)
            let recent =
                switch window {
                case .calls(let count): history.suffix(count)
                case .time(let time):
                    // Ten slices: what counts is the slice of now and the nine before.
                    history.filter { slice($0.at, time) > slice(now, time) - 10 }[...]
                }
            #expect(subject.total.calls == recent.count)
            #expect(subject.total.failures == recent.count { $0.failed })
            #expect(subject.total.slow == recent.count { $0.slow })
        }
    }

    private func slice(_ at: Duration, _ window: Duration) -> Int64 {
        at.microseconds / (window.microseconds / 10)
    }
}
