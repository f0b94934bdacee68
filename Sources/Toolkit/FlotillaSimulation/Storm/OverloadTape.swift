internal import FlotillaCore
internal import FlotillaResilience
internal import Synchronization

/// What customers saw of an overload, and what has to hold of it.
///
/// - All is well before, and again ``OverloadPlan/recovery`` after.
/// - While there is too much to do, most of what can be done is done for somebody; nearly all who pay are served, those
///   who look around before those who can wait.
/// - Whoever was let in leaves again.
final class OverloadTape: Sendable {
    /// The share of calls of each priority that may fail when all is well: a door that is about as wide as needed turns
    /// away some of those that can wait when many come at once.
    private static let failuresMax = [0.01, 0.03, 0.06]
    private static let checkoutMin = 0.9
    /// The share of what can be done, in work, that has to be done for somebody who gets it.
    private static let goodputMin = 0.7
    /// What luck may do to an order of priorities.
    private static let luck = 0.03

    private struct Count {
        var came = 0
        var served = 0
        var share: Double { came == 0 ? 1 : Double(served) / Double(came) }
    }

    private struct State {
        var calls = 0
        var repeated = 0
        var early = [Count(), Count(), Count()]
        var amid = [Count(), Count(), Count()]
        var late = [Count(), Count(), Count()]
        var lastFailure = Duration.zero
    }

    private let plan: OverloadPlan
    private let state = Mutex(State())

    init(_ plan: OverloadPlan) { self.plan = plan }

    var counts: (calls: Int, repeated: Int) { state.withLock { ($0.calls, $0.repeated) } }

    var recovery: Duration { state.withLock { max(.zero, $0.lastFailure - plan.calm) } }

    /// - Parameters:
    ///   - kind: the index of its priority.
    ///   - began: when the call did; it belongs to that time.
    func note(_ kind: Int, isServed: Bool, isRepeated: Bool, began: Duration, ended: Duration) {
        state.withLock { state in
            state.calls += 1
            if isRepeated { state.repeated += 1 }
            if !isServed { state.lastFailure = max(state.lastFailure, ended) }
            func count(_ counts: inout [Count]) {
                counts[kind].came += 1
                if isServed { counts[kind].served += 1 }
            }
            if began < OverloadPlan.begin - .seconds(3) {
                count(&state.early)
            } else if began >= OverloadPlan.begin + OverloadPlan.grace, began < plan.calm {
                count(&state.amid)
            } else if began >= plan.calm + OverloadPlan.recovery {
                count(&state.late)
            }
        }
    }

    /// - Parameter inFlight: calls that are under way behind the door when nobody is there any more.
    func violation(inFlight: Int) -> Violation? {
        let state = state.withLock { $0 }
        return wellness(state.early, "all is well before the storm", OverloadPlan.begin)
            ?? wellness(state.late, "full service is back after the storm", plan.end)
            ?? priorities(state.amid) ?? goodput(state.amid)
            ?? (inFlight == 0
                ? nil
                : Violation(
                    invariant: "whoever was let in leaves again",
                    detail: "\(inFlight) calls are under way when nobody is there any more", at: plan.end))
    }

    private func wellness(_ counts: [Count], _ invariant: String, _ at: Duration) -> Violation? {
        for (kind, count) in counts.enumerated() where 1 - count.share > Self.failuresMax[kind] {
            let priority = OverloadPlan.priorities[kind].rawValue
            return Violation(
                invariant: invariant,
                detail: "\(count.came - count.served) of \(count.came) \(priority) calls failed", at: at)
        }
        return nil
    }

    private var isOverload: Bool { plan.event != .stalls }

    private func priorities(_ counts: [Count]) -> Violation? {
        guard isOverload else { return nil }
        let shares = counts.map(\.share)
        guard shares[0] < Self.checkoutMin || shares[1] < shares[2] - Self.luck || shares[0] < shares[1] - Self.luck
        else { return nil }
        let percent = shares.map { "\(Int($0 * 100)) %" }
        return Violation(
            invariant: "checkout is served before browsing before background work",
            detail: "of those who paid \(percent[0]) were served, of those who looked around \(percent[1]), "
                + "of those who can wait \(percent[2])", at: plan.calm)
    }

    private func goodput(_ counts: [Count]) -> Violation? {
        guard isOverload else { return nil }
        var times = 1.0
        if case .weak(let slower) = plan.event { times = slower }
        func work(_ count: (Count) -> Int) -> Double {
            let units = zip(counts, OverloadPlan.weights).map { Double(count($0)) * $1 }.reduce(0, +)
            return units * times * (plan.work / .seconds(1))
        }
        let seconds = (plan.eventTime - OverloadPlan.grace) / .seconds(1)
        let possible = min(Double(plan.workers) * seconds, work(\.came))
        let done = work(\.served)
        guard done < Self.goodputMin * possible else { return nil }
        return Violation(
            invariant: "what can be done is done",
            detail: "\(Int(100 * done / possible)) % of the work that was possible was of use to somebody",
            at: plan.calm)
    }
}
