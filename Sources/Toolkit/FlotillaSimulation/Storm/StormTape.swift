internal import FlotillaCore
internal import FlotillaResilience
internal import Synchronization

/// What the callers of a storm saw, and what has to hold of it.
///
/// - Full service is back within ``StormPlan/recovery`` of the event, and stays.
/// - In no ten seconds more is repeated than the budget allows.
/// - Every call ends in the time its policy promises.
final class StormTape: Sendable {
    /// The share of calls that may fail when all is well: none would be luck.
    private static let failuresMax = 0.01

    /// Over so many seconds no more is repeated than the budget can have saved up and gained.
    private static let budgetWindow = 10

    private struct State {
        var calls = 0
        /// What had arrived at the dependency, second by second.
        var arrived: [(attempts: Int, retries: Int)] = []
        /// Begin of the calls that are under way.
        var open: [Int: Duration] = [:]
        var lastFailure = Duration.zero
        var lateCalls = 0
        var lateFailures = 0
        var earlyCalls = 0
        var earlyFailures = 0
        var violation: Violation?
    }

    private let plan: StormPlan
    private let state = Mutex(State())

    init(_ plan: StormPlan) { self.plan = plan }

    var calls: Int { state.withLock { $0.calls } }

    var recovery: Duration { state.withLock { max(.zero, $0.lastFailure - plan.calm) } }

    /// What was broken first.
    var violation: Violation? {
        state.withLock { state in
            if let known = state.violation { return known }
            if Double(state.earlyFailures) > Double(state.earlyCalls) * Self.failuresMax {
                return Violation(
                    invariant: "all is well before the storm",
                    detail: "\(state.earlyFailures) of \(state.earlyCalls) calls failed", at: StormPlan.begin)
            }
            guard Double(state.lateFailures) > Double(state.lateCalls) * Self.failuresMax else { return nil }
            return Violation(
                invariant: "full service is back after the storm",
                detail: """
                    \(state.lateFailures) of \(state.lateCalls) calls failed that ended later than \
                    \(StormPlan.recovery.components.seconds) s after the event was over
                    """, at: plan.end)
        }
    }

    /// - Returns: the number of the call.
    func begin(at now: Duration) -> Int {
        state.withLock { state in
            state.calls += 1
            state.open[state.calls] = now
            return state.calls
        }
    }

    /// - Parameter isSafe: whether it may be made twice; one that may not fails with its only attempt, now and then.
    func end(_ call: Int, hasAnswer: Bool, isSafe: Bool, at now: Duration) {
        state.withLock { state in
            let began = state.open.removeValue(forKey: call) ?? now
            checkTime(now - began, &state, now)
            guard isSafe else { return }
            if !hasAnswer { state.lastFailure = now }
            if now <= StormPlan.begin {
                state.earlyCalls += 1
                if !hasAnswer { state.earlyFailures += 1 }
            } else if now >= plan.calm + StormPlan.recovery {
                state.lateCalls += 1
                if !hasAnswer { state.lateFailures += 1 }
            }
        }
    }

    /// Calls that have not ended must not be older than the policy promises either.
    func checkOpenCalls(at now: Duration) {
        state.withLock { state in
            guard let oldest = state.open.values.min() else { return }
            checkTime(now - oldest, &state, now)
        }
    }

    /// To be called once a second.
    ///
    /// A repetition is paid for when its attempt fails and arrives up to a second later, hence the one second more.
    func checkBudget(_ arrived: (attempts: Int, retries: Int), at now: Duration) {
        let budget = StormCalls.budget
        state.withLock { state in
            state.arrived.append(arrived)
            if state.arrived.count > Self.budgetWindow + 2 { state.arrived.removeFirst() }
            guard state.violation == nil, state.arrived.count == Self.budgetWindow + 2 else { return }
            let (oldest, second) = (state.arrived[0], state.arrived[1])
            let first = arrived.attempts - arrived.retries - oldest.attempts + oldest.retries
            let retries = arrived.retries - second.retries
            let allowed = budget.share * Double(first)
                + Double(budget.minimumPerSecond * (Self.budgetWindow + 1) + budget.savedMax)
            guard Double(retries) > allowed else { return }
            state.violation = Violation(
                invariant: "repetitions stay within the budget",
                detail: "\(retries) repetitions to \(first) first attempts within \(Self.budgetWindow) s; "
                    + "allowed were \(Int(allowed))", at: now)
        }
    }

    private func checkTime(_ took: Duration, _ state: inout State, _ now: Duration) {
        guard took > StormCalls.longest, state.violation == nil else { return }
        state.violation = Violation(
            invariant: "every call ends in time",
            detail: "one took \(took); its policy promises \(StormCalls.longest)", at: now)
    }
}
