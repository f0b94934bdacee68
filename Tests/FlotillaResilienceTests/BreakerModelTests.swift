internal import FlotillaCore
@testable internal import FlotillaResilience
internal import Testing

/// A breaker that keeps everything that ever happened and decides by looking through all of it, each time.
private struct NaiveBreaker {
    struct Permit {
        var era: Int
        var machine: BreakerPermit
    }

    struct Ended {
        var failed: Bool
        var slow: Bool
        var at: Duration
    }

    enum Event {
        case opened(Duration)
        case trial(Duration)
        case trialEnded(success: Bool?)
        case closed
        case ended(Ended)
    }

    let policy: BreakerPolicy
    var history: [Event] = [.closed]
    var forced: BreakerForce?
    /// Changes of state so far.
    var era = 0

    /// What happened since the last change of state, that included.
    private var present: ArraySlice<Event> {
        let start = history.lastIndex { event in
            switch event {
            case .closed, .opened: true
            default: false
            }
        }
        return history[start!...]
    }

    private var openingsInARow: Int {
        let start = history.lastIndex { if case .closed = $0 { true } else { false } }!
        return history[start...].count { if case .opened = $0 { true } else { false } }
    }

    private var trials: (running: Int, successes: Int, last: Duration)? {
        var found: (running: Int, successes: Int, last: Duration)?
        for event in present {
            switch event {
            case .trial(let at):
                let isLost = found.map { $0.running + $0.successes >= policy.trials } ?? false
                found = (isLost ? 1 : (found?.running ?? 0) + 1, found?.successes ?? 0, at)
            case .trialEnded(let success):
                found!.running = max(0, found!.running - 1)
                if success == true { found!.successes += 1 }
            default: break
            }
        }
        return found
    }

    var state: BreakerState {
        if let forced { return forced == .open ? .open : .closed }
        guard case .opened = present.first else { return .closed }
        return trials == nil ? .open : .halfOpen
    }

    mutating func admit(_ now: Duration) -> (isAdmitted: Bool, isTrial: Bool) {
        if let forced { return (forced != .open, false) }
        guard case .opened(let since) = present.first else { return (true, false) }
        let openTime = policy.openTime(times: openingsInARow)
        if let trials {
            guard trials.running + trials.successes < policy.trials || now - trials.last >= openTime else {
                return (false, false)
            }
        } else {
            guard now - since >= openTime else { return (false, false) }
            era += 1
        }
        history.append(.trial(now))
        return (true, true)
    }

    mutating func record(_ permit: Permit, _ outcome: CallOutcome, took: Duration, now: Duration) {
        guard permit.era == era, forced == nil || forced == .disabled else { return }
        if state == .halfOpen {
            let isWell = outcome == .success && !isSlow(took) || outcome == .callerFault
            history.append(.trialEnded(success: outcome == .abandoned ? nil : isWell))
            if outcome == .failure || outcome == .success && isSlow(took) {
                become(.opened(now))
            } else if let trials, trials.successes >= policy.trials {
                become(.closed)
            }
        } else if outcome == .success || outcome == .failure {
            history.append(.ended(Ended(failed: outcome == .failure, slow: took >= slowAfter, at: now)))
            if forced == nil, shouldOpen(now) { become(.opened(now)) }
        }
    }

    mutating func force(_ force: BreakerForce?) {
        forced = force
        become(.closed)
    }

    private mutating func become(_ event: Event) {
        history.append(event)
        era += 1
    }

    private var slowAfter: Duration {
        if case .rate(let rate) = policy.trip { rate.slowAfter } else { .seconds(1 << 40) }
    }

    private func isSlow(_ took: Duration) -> Bool {
        guard case .rate(let rate) = policy.trip, rate.slowCallRate != nil else { return false }
        return took >= rate.slowAfter
    }

    private func shouldOpen(_ now: Duration) -> Bool {
        let all = present.compactMap { if case .ended(let ended) = $0 { ended } else { nil } }
        switch policy.trip {
        case .consecutive(let failures):
            return all.count >= failures && all.suffix(failures).allSatisfy(\.failed)
        case .rate(let rate):
            let recent: [Ended]
            switch rate.window {
            case .calls(let calls): recent = all.suffix(calls)
            case .time(let time):
                let slice = time.microseconds / 10
                recent = all.filter { $0.at.microseconds / slice > now.microseconds / slice - 10 }
            }
            guard recent.count >= rate.minimumCalls else { return false }
            let count = Double(recent.count)
            return Double(recent.count { $0.failed }) / count >= rate.failureRate
                || rate.slowCallRate.map { Double(recent.count { $0.slow }) / count >= $0 } ?? false
        }
    }
}

@Suite("Circuit breaker, beside one that forgets nothing") struct BreakerModelTests {
    static let policies: [BreakerPolicy] = [
        BreakerPolicy(), BreakerPolicy(trip: .consecutive(failures: 2), openFor: .seconds(2), growth: 2, trials: 3),
        BreakerPolicy(
            trip: .rate(.init(window: .calls(7), failureRate: 0.5, slowCallRate: 0.6, minimumCalls: 3)),
            openFor: .seconds(3), growth: 1.5, openForMax: .seconds(6), trials: 2),
        BreakerPolicy(
            trip: .rate(.init(window: .time(.seconds(10)), failureRate: 0.4, slowCallRate: 0.5, minimumCalls: 4)),
            openFor: .seconds(5), trials: 2),
        BreakerPolicy(
            trip: .rate(.init(window: .time(.seconds(5)), failureRate: 0.3, minimumCalls: 2)), openFor: .seconds(1)),
    ]

    @Test("after any sequence of steps both are in the same state and decide alike", arguments: 0..<5, 0..<40)
    func random(policy index: Int, seed: Int) throws {
        let (policy, random) = (Self.policies[index], SeededRandom(seed: UInt64(seed)))
        var (machine, naive) = (BreakerMachine(policy), NaiveBreaker(policy: policy))
        var now = Duration.seconds(1)
        var running: [NaiveBreaker.Permit] = []
        // What is likely differs from seed to seed, so that some runs are mostly well and some mostly ill.
        let illness = random.int(in: 0...8)
        for step in 0..<400 {
            now += .milliseconds(random.int(in: 0...9) == 0 ? random.int(in: 0...9000) : random.int(in: 0...300))
            switch random.int(in: 0...99) {
            case 0...49:
                let wouldRefuse = machine.refusal(now: now) != nil
                let expected = naive.admit(now)
                var permit: BreakerPermit?
                if case .admitted(let own) = machine.admit(now: now) { permit = own }
                #expect((permit != nil) == expected.isAdmitted, "step \(step)")
                #expect(wouldRefuse == !expected.isAdmitted, "step \(step)")
                if let permit {
                    #expect(permit.isTrial == expected.isTrial)
                    running.append(NaiveBreaker.Permit(era: naive.era, machine: permit))
                }
            case 50...97:
                guard !running.isEmpty else { continue }
                let permit = running.remove(at: random.int(in: 0...running.count - 1))
                let outcome: CallOutcome =
                    random.int(in: 0...9) < illness
                    ? .failure : [.success, .success, .success, .callerFault, .abandoned][random.int(in: 0...4)]
                let took = Duration.milliseconds(random.int(in: 0...3000))
                let isCalm = machine.isCalm && permit.machine.generation == machine.generation
                let before = machine.snapshot(target: "", now: now)
                machine.record(permit.machine, outcome, took: took, now: now)
                naive.record(permit, outcome, took: took, now: now)
                // The reason why a guard may leave a success untold.
                if isCalm, outcome == .success { #expect(machine.snapshot(target: "", now: now) == before) }
            default:
                let force = [nil, nil, BreakerForce.open, .closed, .disabled][random.int(in: 0...4)]
                machine.force(force, now: now)
                naive.force(force)
            }
            try #require(machine.state == naive.state, "step \(step) of seed \(seed)")
            #expect(machine.isFree == (machine.state == .closed))
        }
    }

    @Test("each time it opens again without having closed it stays open longer, up to the most")
    func growth() {
        let policy = BreakerPolicy(
            trip: .consecutive(failures: 1), openFor: .seconds(1), growth: 2, openForMax: .seconds(5))
        var machine = BreakerMachine(policy)
        var now = Duration.zero
        var waits: [Duration] = []
        func call(_ outcome: CallOutcome) {
            if case .admitted(let permit) = machine.admit(now: now) {
                machine.record(permit, outcome, took: .zero, now: now)
            }
        }
        for _ in 0..<5 {
            call(.failure)
            guard case .refused(let wait) = machine.admit(now: now) else { break }
            waits.append(wait)
            now += wait
        }
        #expect(waits == [1, 2, 4, 5, 5].map { .seconds($0) })
        call(.success)
        #expect(machine.state == .closed)
        call(.failure)
        #expect(machine.refusal(now: now) == .seconds(1), "having closed, it starts from the beginning")
    }

    @Test("a disabled one never opens and goes on counting; let go, it starts anew")
    func disabled() {
        var machine = BreakerMachine(BreakerPolicy())
        machine.force(.disabled, now: .zero)
        for _ in 0..<50 {
            guard case .admitted(let permit) = machine.admit(now: .zero) else { return #expect(Bool(false), "refused") }
            machine.record(permit, .failure, took: .zero, now: .zero)
        }
        let shot = machine.snapshot(target: "a → b", now: .zero)
        #expect(shot.state == .closed && shot.forced == .disabled && shot.isForced)
        #expect(shot.consecutiveFailures == 50 && shot.openings == 0 && shot.refusals == 0)
        machine.force(nil, now: .zero)
        #expect(machine.snapshot(target: "", now: .zero).consecutiveFailures == 0)
    }

    @Test("growth and its bound are checked", arguments: [
        (BreakerPolicy(growth: 0.5), "breaker.growth"), (BreakerPolicy(growth: .nan), "breaker.growth"),
        (BreakerPolicy(openForMax: .seconds(59)), "breaker.openForMax"),
        (BreakerPolicy(openForMax: .seconds(4000)), "breaker.openForMax"),
    ])
    func problems(policy: BreakerPolicy, key: String) {
        #expect(policy.problems().contains { $0.hasPrefix(key) })
    }
}
