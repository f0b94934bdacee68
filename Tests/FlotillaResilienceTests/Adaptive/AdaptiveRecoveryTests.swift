internal import FlotillaCore
@testable internal import FlotillaResilience
internal import Testing

/// The ways in which limiters that adapt are known to stick, each as it was met elsewhere.
@Suite("Adaptive limit: recovery") struct AdaptiveRecoveryTests {
    @Test("what it sheds itself is not counted: the limit does not fall because of it")
    func ownRejections() {
        var limiter = AdaptiveLimiter(.standard)
        var now = Duration.zero
        // One slot is always taken, calls take 5 ms, and a hundred are turned away meanwhile.
        for turn in 0..<2_000 {
            var permits: [AdaptiveLimiter.Permit] = []
            while case .admitted(let permit) = limiter.admit(.standard, now: now) { permits.append(permit) }
            for _ in 0..<100 { _ = limiter.admit(.standard, now: now) }
            now += .milliseconds(5)
            for permit in permits { limiter.finish(permit, .success, now: now) }
            #expect(limiter.limit >= 50, "in turn \(turn)")
        }
        #expect(limiter.tally.falls == 0)
        #expect(limiter.limit == 1_000)
    }

    @Test("started in the middle of an overload, it learns what calls take without a queue", arguments: [
        UInt64(1), 2,
    ])
    func learntUnderLoad(seed: UInt64) {
        var run = QueueSimulation(
            AdaptiveLimit(limitStart: 500), seed: seed, .init(load: { _ in 3_000 }))
        run.run(to: 40)
        let early = run.figures(0, 5)
        let late = run.figures(20, 40)
        #expect(early.mean > 0.05, "else it was never learnt wrong")
        #expect(late.mean < 0.040 && late.goodput > 900, "\(late)")
    }

    @Test("a baseline that is a hundred times too low for good is given up", arguments: [UInt64(1), 2])
    func permanentlySlower(seed: UInt64) {
        // A deployment: the same number of calls, each waits 90 ms for something else.
        var run = QueueSimulation(.standard, seed: seed, .init(load: { _ in 800 }, workers: { _ in 100 }, elsewhere: {
            now in now < 15 ? 0 : 0.09
        }))
        run.run(to: 45)
        #expect(run.figures(5, 15).shed == 0)
        let new = run.figures(25, 45)
        #expect(new.shed < 0.001 && new.goodput > 780, "\(new)")
    }

    @Test("a deployment that takes three times the work: what can be done is done", arguments: [UInt64(1), 2])
    func moreWork(seed: UInt64) {
        var run = QueueSimulation(.standard, seed: seed, .init(load: { _ in 750 }, service: { now, _ in
            now < 15 ? 0.005 : 0.030
        }))
        run.run(to: 45)
        let new = run.figures(25, 45)
        #expect(new.goodput > 0.9 * 333 && new.mean < 0.12, "\(new)")
    }

    @Test("a callee that is slow and never fails is noticed, and back to normal it is served in full")
    func slowNotFailing() {
        var run = QueueSimulation(.standard, seed: 1, .init(load: { _ in 500 }, service: { now, _ in
            now >= 10 && now < 30 ? 0.1 : 0.01
        }))
        run.run(to: 45)
        let slow = run.figures(16, 30)
        // 100 a second are all it can do: 80 of 100 calls have to go, or wait for ever.
        #expect(slow.shed > 0.7 && slow.mean < 0.45 && slow.goodput > 88, "\(slow)")
        #expect(run.figures(33, 45).shed == 0)
    }

    @Test("a callee that hangs for a while holds the slots only for as long as it hangs")
    func hanging() {
        var run = QueueSimulation(.standard, seed: 1, .init(load: { _ in 500 }, workers: { now in
            now >= 10 && now < 20 ? 0 : 10
        }))
        run.run(to: 35)
        #expect(run.figures(12, 20).shed > 0.9)
        #expect(run.limits.allSatisfy { $0.inFlight <= 60 })
        #expect(run.figures(25, 35).shed == 0)
        #expect(run.figures(22, 35).goodput > 480)
    }

    @Test("quick failures teach it nothing: after an outage the usual latency is not too slow")
    func quickFailures() {
        var run = QueueSimulation(.standard, seed: 1, .init(
            load: { _ in 800 }, service: { now, _ in now >= 10 && now < 20 ? 0.000_1 : 0.01 },
            outcome: { now in now >= 10 && now < 20 ? .failure : .success }))
        run.run(to: 32)
        #expect(run.figures(10.5, 19.5).shed == 0)
        #expect(run.figures(20.5, 32).shed < 0.001)
    }

    @Test("calls that are given up for taking too long are slow ones, although no answer was measured")
    func givenUp() {
        var limiter = AdaptiveLimiter(.standard)
        var now = Duration.zero
        func round(_ took: Duration, _ outcome: CallOutcome) {
            var permits: [AdaptiveLimiter.Permit] = []
            while case .admitted(let permit) = limiter.admit(.critical, now: now) { permits.append(permit) }
            now += took
            for permit in permits { limiter.finish(permit, outcome, now: now) }
        }
        for _ in 0..<10 { round(.milliseconds(10), .success) }
        let before = limiter.limit
        for _ in 0..<4 { round(.seconds(1), .abandoned) }
        #expect(limiter.limit < before / 2)
    }

    @Test("at its minimum, with hardly any calls, it still grows when it is needed")
    func atMinimum() {
        let policy = AdaptiveLimit(limitMin: 1, limitMax: 1_000, limitStart: 1)
        var run = QueueSimulation(policy, seed: 1, .init(load: { now in now < 20 ? 2 : 800 }))
        run.run(to: 30)
        #expect(run.figures(24, 30).shed == 0)
        #expect(run.figures(24, 30).goodput > 760)
    }

    @Test("after an overload and a rest nobody is shed for what was", arguments: [0.0, 5.0])
    func idle(load: Double) {
        var run = QueueSimulation(.standard, seed: 1, .init(load: { now in
            now < 10 ? 10_000 : now < 40 ? load : 800
        }))
        run.run(to: 45)
        #expect(run.limits.last { $0.at < 9 }!.limit < 45)
        // The first call after the rest finds the limit at its start.
        #expect(run.limits.first { $0.at > 40.05 }!.limit >= 50)
        #expect(run.figures(40, 45).shed < 0.005)
    }

    @Test("a limit that fills with slow calls lets go of them: no outage is latched")
    func latched() {
        // At ten times the load everything hangs for a minute, and then the load is what it was.
        var run = QueueSimulation(.standard, seed: 1, .init(
            load: { now in now >= 10 && now < 30 ? 2_000 : 500 }, workers: { now in now >= 10 && now < 30 ? 1 : 10 }))
        run.run(to: 45)
        #expect(run.limits.allSatisfy { $0.inFlight <= 120 })
        #expect(run.figures(33, 45).shed == 0 && run.figures(33, 45).mean < 0.012)
    }
}
