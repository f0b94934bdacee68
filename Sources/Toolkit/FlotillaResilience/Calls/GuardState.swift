internal import FlotillaCore

/// All that a ``CallGuard`` knows, as a value under its one lock: time comes in, decisions go out.
///
/// The parts of a policy are asked and told together, so that an attempt takes the lock once when it begins. Only room
/// in a bulkhead is not part of it, as a pool is shared with other guards.
struct GuardState: Sendable {
    enum Entry: Sendable {
        case admitted(CallPermit)
        /// Nothing speaks against the call but that it has to wait for room.
        case noRoom
        case refused(GuardEvent.Refusal, retryAfter: Duration)
    }

    /// What most attempts need; it follows from the rest, its counts and its limit excepted.
    var gate = GuardGate()
    private(set) var policy: CallPolicy
    private var breaker: BreakerMachine?
    private var budget: RetryBudgetMachine?
    private var latencies: LatencySketch?
    /// Counts for every limit but a token bucket, which is part of the gate.
    private var limiter: RateLimiter?
    /// An operator has said that nothing is made again.
    private(set) var isBudgetHeld = false
    /// Where calls find room now.
    private(set) var room: Bulkhead?
    /// Every bulkhead it ever had, for the permits that point to them: as many as the names that policies gave it.
    private var rooms: [Bulkhead] = []

    private(set) var hedges = 0
    private(set) var failures = 0
    private(set) var timeouts = 0
    var ends = CallEnds()

    init(_ policy: CallPolicy, room: Bulkhead?, now: Duration) {
        self.policy = policy
        breaker = policy.breaker.map { BreakerMachine($0) }
        budget = policy.retry.map { RetryBudgetMachine($0.budget, now: now) }
        if policy.hedge?.isObserving == true { latencies = LatencySketch() }
        setLimit(policy.limit, before: nil, now: now)
        move(to: room)
        refresh()
    }

    /// The room that is the target's own, if it ever had any.
    var ownRoom: Bulkhead? { rooms.first { !$0.isShared } }

    /// The generation whose successes have nothing to tell but their number; zero when there is none.
    var calmGeneration: UInt64 {
        gate.isCalm && latencies == nil ? gate.generation : 0
    }

    /// Makes the gate follow what the machines have come to.
    mutating func refresh() {
        let facts = breaker?.facts()
        gate.isFree = facts?.isFree ?? true && limiter == nil
        gate.isCalm = facts?.isCalm ?? true
        gate.breakerState = facts?.state ?? .closed
        gate.generation = facts?.generation ?? gate.generation
    }

    /// A call comes, and its first attempt is about to begin.
    ///
    /// - Parameter mayWait: whether it may wait for its turn (``CallPermit/started``).
    mutating func beginCall(before deadline: Deadline, now: Duration, mayWait: Bool) -> Entry {
        if let permit = gate.beginCall(before: deadline, now: now) { return .admitted(permit) }
        gate.calls += 1
        if let refusal = refusal(before: deadline, now: now, mayWait) { return refuse(refusal.0, refusal.1) }
        if let room, !room.enterAtOnce() { return .noRoom }
        gate.unpaid += 1
        return .admitted(admit(before: deadline, now: now))
    }

    /// A first attempt that had to wait for room, which it has now, or a further attempt.
    ///
    /// - Parameter mayWait: whether it may wait for its turn (``CallPermit/started``).
    mutating func beginAttempt(
        before deadline: Deadline, now: Duration, room: Unmanaged<Bulkhead>?, isFirst: Bool, mayWait: Bool = true
    ) -> Entry {
        if let refusal = refusal(before: deadline, now: now, mayWait) {
            return refuse(refusal.0, refusal.1, isCall: isFirst)
        }
        if isFirst { gate.unpaid += 1 }
        return .admitted(admit(before: deadline, now: now, room: .some(room)))
    }

    /// An attempt is about to begin beside another one of the same call, if all allow it.
    mutating func beginHedge(before deadline: Deadline, now: Duration) -> CallPermit? {
        guard refusal(before: deadline, now: now, false) == nil, takeRetry(now: now) else { return nil }
        hedges += 1
        return admit(before: deadline, now: now, room: .some(nil))
    }

    /// An attempt has ended.
    ///
    /// - Parameter took: nil: the time since it began.
    mutating func endAttempt(
        _ permit: CallPermit, _ outcome: CallOutcome, isTimeout: Bool, took: Duration? = nil, now: Duration
    ) {
        let took = took ?? now - permit.started
        if outcome == .failure {
            failures += 1
            if isTimeout { timeouts += 1 }
        }
        // An attempt that was cut off because another one answered would have taken longer still. Leaving it out would
        // make the observed times shorter, and hedging more frequent, the more is hedged.
        if latencies != nil, outcome == .success || (outcome == .abandoned && took >= hedgePlan().delay) {
            latencies?.add(took)
        }
        breaker?.record(permit.breaker, outcome, took: took, now: now)
    }

    /// A call comes for which nobody is there. Neither breaker, budget nor limit hears of it.
    mutating func refuseForNobody() {
        gate.calls += 1
        ends.refused += 1
    }

    mutating func takeRetry(now: Duration) -> Bool {
        payIn()
        return !isBudgetHeld && budget?.takeRetry(now: now) ?? false
    }

    /// Makes nothing again from now on, whatever is saved; false: goes by what is saved.
    mutating func holdBudget(_ isHeld: Bool) { isBudgetHeld = isHeld }

    /// How many attempts the limit would let through now; nil without a limit.
    mutating func limitRemaining(now: Duration) -> Int? {
        if let bucket = gate.limit { return bucket.remaining(now: now.attoseconds) }
        guard let limit = policy.limit, let look = limiter?.look(limit: limit, now: now) else { return nil }
        return look.remaining + (look.isAllowed ? 1 : 0)
    }

    mutating func saved(now: Duration) -> Int? {
        payIn()
        return budget?.saved(now: now)
    }

    mutating func force(_ force: BreakerForce?, now: Duration) { breaker?.force(force, now: now) }

    mutating func breakerSnapshot(target: String, now: Duration) -> BreakerSnapshot? {
        breaker?.snapshot(target: target, now: now)
    }

    /// How long an attempt is left alone before one is made beside it, and how often that happens.
    func hedgePlan() -> (delay: Duration, extraMax: Int) {
        guard let hedge = policy.hedge else { return (.seconds(60), 0) }
        switch hedge.delay {
        case .fixed(let delay): return (delay, hedge.extraMax)
        case .observed(let share, let atLeast, let untilKnown):
            return (max(atLeast, latencies?.quantile(share) ?? untilKnown), hedge.extraMax)
        }
    }

    /// Goes by another policy. The parts of it that are as before keep what they know; a breaker keeps in any case what
    /// an operator holds it to.
    mutating func adopt(_ new: CallPolicy, room: Bulkhead?, now: Duration) {
        if new.breaker != policy.breaker {
            gate.generation += 1
            let (generation, forced) = (gate.generation, breaker?.forced)
            breaker = new.breaker.map { BreakerMachine($0, generation: generation, forced: forced) }
        }
        if new.retry?.budget != policy.retry?.budget {
            budget = new.retry.map { RetryBudgetMachine($0.budget, now: now) }
            gate.unpaid = 0
        }
        if new.limit != policy.limit { setLimit(new.limit, before: gate.limit, now: now) }
        if new.hedge?.isObserving == true {
            latencies = latencies ?? LatencySketch()
        } else {
            latencies = nil
        }
        policy = new
        move(to: room)
    }

    private mutating func payIn() {
        budget?.noteCalls(gate.unpaid)
        gate.unpaid = 0
    }

    /// What was counted goes on to count, unless it is counted in another way from now on.
    private mutating func setLimit(_ limit: RateLimit?, before: GuardGate.Limit?, now: Duration) {
        (gate.limit, limiter) = (nil, limit.map { _ in limiter ?? RateLimiter() })
        guard let limit, case .tokenBucket(let burst) = limit.algorithm else { return }
        let bucket = TokenBucket.Limit(limit.count, per: limit.per, burst: burst)
        (gate.limit, limiter) = (GuardGate.Limit(bucket, after: before, now: now.attoseconds), nil)
    }

    private mutating func move(to room: Bulkhead?) {
        self.room = room
        gate.room = room.map { Unmanaged.passUnretained($0) }
        gate.timeout = policy.timeout.attoseconds
        gate.minimumTime = policy.minimumTime.attoseconds
        if let room, !rooms.contains(where: { $0 === room }) { rooms.append(room) }
    }

    /// What speaks against an attempt now. Nothing is counted or taken.
    private mutating func refusal(
        before deadline: Deadline, now: Duration, _ mayWait: Bool
    ) -> (GuardEvent.Refusal, Duration)? {
        let left = deadline.uptime - now
        if left <= policy.minimumTime { return (.deadline, .zero) }
        if let after = breaker?.refusal(now: now) { return (.breaker, after) }
        if let wait = gate.limit?.wait(now: now.attoseconds), wait > 0 {
            return (.limiter, Duration(attoseconds: wait))
        }
        guard let limit = policy.limit, let look = limiter?.look(limit: limit, now: now) else { return nil }
        guard look.isAllowed else { return (.limiter, look.retryAfter ?? limit.per) }
        // A turn that comes too late would be taken from somebody who could use it.
        let isTooLate = look.delay > .zero && (!mayWait || look.delay >= left - policy.minimumTime)
        return isTooLate ? (.limiter, look.delay) : nil
    }

    private mutating func refuse(
        _ reason: GuardEvent.Refusal, _ retryAfter: Duration, isCall: Bool = true
    ) -> Entry {
        if reason == .breaker { breaker?.refuse() }
        if isCall { ends.refused += 1 }
        return .refused(reason, retryAfter: retryAfter)
    }

    /// - Parameter room: where the call has room already; nil: in the room of this guard.
    private mutating func admit(
        before deadline: Deadline, now: Duration, room given: Unmanaged<Bulkhead>?? = nil
    ) -> CallPermit {
        var leave = BreakerPermit(generation: gate.generation, isTrial: false)
        if case .admitted(let own) = breaker?.admit(now: now) { leave = own }
        var start = now
        if let limit = policy.limit, let turn = limiter?.take(limit: limit, now: now) { start += turn.delay }
        return gate.admit(before: deadline.uptime.attoseconds, start.attoseconds, leave, given ?? gate.room)
    }
}
