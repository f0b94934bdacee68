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
    private(set) var generation: UInt64
    private var window: BreakerWindow
    private var consecutiveFailures = 0
    private(set) var forced: BreakerForce?
    private(set) var refusals = 0
    private(set) var openings = 0
    private(set) var changedAt: Duration = .zero
    /// How often it opened without having closed in between.
    private var openedInARow = 0

    /// - Parameters:
    ///   - generation: its first; those of a machine before it must be smaller.
    ///   - forced: what an operator holds it to from the beginning.
    init(_ policy: BreakerPolicy, generation: UInt64 = 1, forced: BreakerForce? = nil) {
        self.policy = policy
        self.generation = generation
        self.forced = forced
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

    /// Whether it admits without changing: ``admit(now:)`` need not be asked.
    var isFree: Bool {
        if let forced { return forced != .open }
        if case .closed = phase { return true } else { return false }
    }

    /// Whether a success has nothing to tell it: it changes no state and no count.
    var isCalm: Bool {
        if forced == .closed { return true }
        guard case .closed = phase, case .consecutive = policy.trip else { return false }
        return consecutiveFailures == 0
    }

    /// What whoever asks it has to know before the next time.
    struct Facts: Sendable {
        var state: BreakerState
        var isFree: Bool
        var isCalm: Bool
        var generation: UInt64
    }

    /// Changes nothing; mutating, so that an optional machine is asked in its place: reading through an optional copies
    /// it, which measured takes as long as all that is asked.
    mutating func facts() -> Facts { Facts(state: state, isFree: isFree, isCalm: isCalm, generation: generation) }

    /// For how long a call made now would be refused; nil when it would be admitted.
    func refusal(now: Duration) -> Duration? {
        switch forced {
        case .closed, .disabled: return nil
        case .open: return policy.openFor
        case nil: break
        }
        let left: Duration
        switch phase {
        case .closed: return nil
        case .open(let since): left = since + openTime - now
        case .halfOpen(let running, let successes, let lastStarted):
            guard running + successes >= policy.trials else { return nil }
            // A trial whose outcome never came must not keep the breaker half-open for good.
            left = lastStarted + openTime - now
        }
        return left > .zero ? max(.milliseconds(1), left) : nil
    }

    /// Whether a call may be made now. A refusal is counted.
    mutating func admit(now: Duration) -> Admission {
        if let left = refusal(now: now) {
            refuse()
            return .refused(retryAfter: left)
        }
        var isTrial = false
        if forced == nil {
            switch phase {
            case .closed: break
            case .open:
                change(to: .halfOpen(running: 1, successes: 0, lastStarted: now), now)
                isTrial = true
            case .halfOpen(let running, let successes, _):
                let isLost = running + successes >= policy.trials
                phase = .halfOpen(running: isLost ? 1 : running + 1, successes: successes, lastStarted: now)
                isTrial = true
            }
        }
        return .admitted(BreakerPermit(generation: generation, isTrial: isTrial))
    }

    /// Counts a call that was not made because of ``refusal(now:)``.
    mutating func refuse() { refusals += 1 }

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
            case .abandoned, .notAsked:
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
}
