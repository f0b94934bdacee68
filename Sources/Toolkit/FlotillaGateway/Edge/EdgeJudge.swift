internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes

/// Holds requests against the policies of their routes, on the thread they came on, without waiting.
struct EdgeJudge: Sendable {
    let plan: EdgePlan
    let counters: RateCounters

    /// - Parameter old: whose counts go on.
    init(_ plan: EdgePlan, continuing old: EdgeJudge? = nil) {
        self.plan = plan
        counters = RateCounters(plan.rates, continuing: old?.counters)
    }

    /// Looks at a request before anything is known of who asks.
    func begin(
        _ policies: RoutePolicies, _ head: borrowing some EdgeHead & ~Copyable, _ pass: inout EdgePass
    ) -> EdgeVerdict {
        pass.address = plan.proxies.client(head)
        if let refusal = policies.addresses.refusal(pass.address, plan.countries) {
            return .refused(refusal, policy: "addresses")
        }
        guard let cors = policies.cors else { return .passes }
        switch cors.decide(head) {
        case .passes(let lines): pass.answerLines.add(lines)
        case .preflight(let lines):
            pass.answerLines.add(lines)
            return .answered(Response(.noContent))
        case .refused(let error, let lines):
            pass.answerLines.add(lines)
            return .refused(error, policy: "cors")
        }
        return .passes
    }

    /// Counts a request against the limits of its route, whoever asks being known.
    ///
    /// - Parameters:
    ///   - route: its place in the table.
    ///   - now: on the clock that never jumps.
    func count(
        _ policies: RoutePolicies, route: Int, _ head: borrowing some EdgeHead & ~Copyable, _ pass: inout EdgePass,
        now: Duration
    ) -> EdgeVerdict {
        guard !policies.limits.isEmpty else { return .passes }
        let caller = RateCaller(
            id: pass.principal?.id, tier: pass.principal?.tier, keyID: pass.keyID, address: pass.address, route: route)
        let verdict = counters.take(policies.limits, caller, head, now: now)
        verdict.addLines(to: &pass.answerLines, counters)
        if let refusal = verdict.refusal(counters.rules) {
            return .refused(refusal, policy: "limits.\(verdict.refusedBy(counters.rules) ?? "")")
        }
        pass.delay = verdict.delay
        return .passes
    }
}
