/// The circuit breaker as a value: time comes in, decisions go out. ``CircuitBreaker`` is its shell.
///
/// Every change of state starts a new generation; the outcome of a call admitted in an earlier one
/// is too old to say anything and is dropped.
struct BreakerMachine: Sendable {
    enum Admission: Sendable, Equatable {
        case admitted(BreakerPermit)
        case refused(retryAfter: Duration)
    }

    private enum Phase: Sendable {
        case closed
        case open(since: Duration)
        case halfOpen(running: Int, successes: Int, lastStarted: Duration)
    }

    let policy: BreakerPolicy
    private var phase = Phase.closed
    private var generation: UInt64 = 0
    private var window: BreakerWindow
    private var consecutiveFailures = 0
    private(set) var forced: BreakerForce?
    private(set) var refusals = 0
    private(set) var openings = 0
    private(set) var changedAt: Duration = .zero
    /// How often it opened without having closed in between.
    private var openedInARow = 0

    init(_ policy: BreakerPolicy) {
        self.policy = policy
        switch policy.trip {
        case .consecutive: window = BreakerWindow(.calls(1))
        case .rate(let rate): window = BreakerWindow(rate.window)
        }
    }

    var state: BreakerState {
        if let forced { return forced == .open ? .open : .closed }
        return switch phase {
        case .closed: .closed
        case .open: .open
        case .halfOpen: .halfOpen
        }
    }

    /// Whether a call may be made now.
    mutating func admit(now: Duration) -> Admission {
        switch forced {
        case .closed, .disabled: return .admitted(BreakerPermit(generation: generation, isTrial: false))
        case .open: return refuse(policy.openFor)
        case nil: break
        }
        switch phase {
        case .closed:
            return .admitted(BreakerPermit(generation: generation, isTrial: false))
        case .open(let since):
            let left = since + openTime - now
            guard left <= .zero else { return refuse(left) }
            change(to: .halfOpen(running: 1, successes: 0, lastStarted: now), now)
        case .halfOpen(let running, let successes, let lastStarted):
            // A trial whose outcome never came must not keep the breaker half-open for good.
            let isLost = now - lastStarted >= openTime
            guard running + successes < policy.trials || isLost else {
                return refuse(lastStarted + openTime - now)
            }
            phase = .halfOpen(running: isLost ? 1 : running + 1, successes: successes, lastStarted: now)
        }
        return .admitted(BreakerPermit(generation: generation, isTrial: true))
    }

    /// Takes the outcome of an admitted call into account.
    mutating func record(_ permit: BreakerPermit, _ outcome: CallOutcome, took: Duration, now: Duration) {
        guard permit.generation == generation, forced == nil || forced == .disabled else { return }
        switch phase {
        case .closed: recordClosed(outcome, took: took, now)
        case .halfOpen(let running, let successes, let lastStarted):
            let running = max(0, running - 1)
            switch outcome {
            case .failure:
                open(now)
            case .success where isTooSlow(took):
                open(now)
            case .success, .callerFault:
                // It answered: that the question was wrong does not make the callee ill.
                if successes + 1 >= policy.trials {
                    change(to: .closed, now)
                } else {
                    phase = .halfOpen(running: running, successes: successes + 1, lastStarted: lastStarted)
                }
            case .abandoned:
                phase = .halfOpen(running: running, successes: successes, lastStarted: lastStarted)
            }
        case .open: break
        }
    }

    /// Holds the breaker in a state, or lets it go (nil); it then starts anew, closed.
    mutating func force(_ force: BreakerForce?, now: Duration) {
        forced = force
        change(to: .closed, now)
    }

    /// What it looks like, for people.
    mutating func snapshot(target: String, now: Duration) -> BreakerSnapshot {
        window.advance(to: now)
        var retryAfter: Duration?
        if forced == nil, case .open(let since) = phase { retryAfter = max(.zero, since + openTime - now) }
        return BreakerSnapshot(
            target: target, state: state, forced: forced, consecutiveFailures: consecutiveFailures,
            recentCalls: window.total.calls, failureRate: window.total.failureRate,
            slowCallRate: window.total.slowCallRate, refusals: refusals, openings: openings,
            inStateFor: now - changedAt, retryAfter: retryAfter)
    }

    private mutating func recordClosed(_ outcome: CallOutcome, took: Duration, _ now: Duration) {
        guard outcome == .success || outcome == .failure else { return }
        let failed = outcome == .failure
        consecutiveFailures = failed ? consecutiveFailures + 1 : 0
        switch policy.trip {
        case .consecutive(let failures):
            if consecutiveFailures >= failures { open(now) }
        case .rate(let rate):
            window.add(failed: failed, slow: took >= rate.slowAfter, now: now)
            let total = window.total
            guard total.calls >= rate.minimumCalls else { return }
            if total.failureRate >= rate.failureRate || isTooSlow(total) { open(now) }
        }
    }

    private func isTooSlow(_ total: BreakerWindow.Tally) -> Bool {
        guard case .rate(let rate) = policy.trip, let limit = rate.slowCallRate else { return false }
        return total.slowCallRate >= limit
    }

    private func isTooSlow(_ took: Duration) -> Bool {
        guard case .rate(let rate) = policy.trip, rate.slowCallRate != nil else { return false }
        return took >= rate.slowAfter
    }

    /// How long it stays open this time.
    private var openTime: Duration { policy.openTime(times: openedInARow) }

    private mutating func open(_ now: Duration) {
        guard forced == nil else { return }
        openings += 1
        openedInARow += 1
        change(to: .open(since: now), now)
    }

    private mutating func change(to phase: Phase, _ now: Duration) {
        self.phase = phase
        generation += 1
        changedAt = now
        if case .closed = phase {
            openedInARow = 0
            consecutiveFailures = 0
            window.reset()
        }
    }

    private mutating func refuse(_ retryAfter: Duration) -> Admission {
        refusals += 1
        return .refused(retryAfter: max(.milliseconds(1), retryAfter))
    }
}
