internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaProxy
internal import FlotillaResilience
internal import HTTPTypes

/// Holds requests against the policies of their routes, on the thread they came on, without waiting.
final class EdgeJudge: Sendable {
    let plan: EdgePlan
    let counters: RateCounters
    /// Nil: nobody is known.
    let authentication: Authentication?
    let refusals: RefusalLog

    /// - Parameter old: whose counts go on, and what it knows of tokens.
    init(_ plan: EdgePlan, world: World, continuing old: EdgeJudge? = nil) {
        self.plan = plan
        counters = RateCounters(plan.rates, continuing: old?.counters)
        authentication = plan.authentication.map { plan in
            Authentication(plan, world: world, continuing: old?.authentication) { $0.source(world) }
        }
        refusals = old?.refusals ?? RefusalLog(time: world.time)
    }

    /// Looks at a request before anything is known of who asks.
    func begin(
        _ policies: RoutePolicies, _ head: borrowing some EdgeHead & ~Copyable, _ pass: inout EdgePass,
        now: Timestamp
    ) -> EdgeVerdict {
        if let deprecation = policies.deprecation { pass.answerLines.add(deprecation.lines) }
        pass.address = plan.proxies.client(head)
        if let refusal = policies.addresses.refusal(pass.address, plan.countries) {
            return .refused(refusal, policy: "addresses")
        }
        if let refusal = policies.maintenance?.refusal(pass.address, now: now) {
            return .refused(refusal, policy: "maintenance")
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

    /// Finds out who asks, as far as that is known without waiting.
    func identify(
        _ head: borrowing some EdgeHead & ~Copyable, _ pass: inout EdgePass, now: Timestamp
    ) -> EdgeVerdict {
        guard let authentication else { return .passes }
        let certificate = pass.certificate
        let finding = head.withField(.authorization) { authorization in
            head.withField(.xAPIKey) { apiKey in
                authentication.find(
                    authorization: authorization, apiKey: apiKey, certificate: certificate, now: now)
            }
        }
        switch finding {
        case .nobody: return .passes
        case .unknownToken(let token): return .unknownToken(token)
        case .refused(let refusal):
            if let challenge = refusal.challenge { pass.challenge = challenge }
            return .refused(refusal.error, policy: refusal.policy.rawValue)
        case .caller(let caller):
            pass.caller = caller
            caller.forEachField { pass.requestLines.add($0.name, $0.value) }
            return .passes
        }
    }

    /// Holds a request against the quota of its key and the limits of its route, whoever asks being known, and asks
    /// whether that one may.
    ///
    /// - Parameters:
    ///   - route: its place in the table.
    ///   - now: on the clock that never jumps.
    ///   - wallNow: by which tokens expire and hours are open.
    func admit(
        _ policies: RoutePolicies, route: Int, _ head: borrowing some EdgeHead & ~Copyable, _ pass: inout EdgePass,
        now: Duration, wallNow: Timestamp
    ) -> EdgeVerdict {
        if let quota = pass.caller.flatMap({ authentication?.takeQuota($0) }) {
            if let refusal = quota.refusal {
                quota.addLines(to: &pass.answerLines)
                return .refused(refusal.error, policy: refusal.policy.rawValue)
            }
            // Limits of the route that leave less say so instead.
            if policies.limits.isEmpty { quota.addLines(to: &pass.answerLines) }
        }
        let counted = count(policies, route: route, head, &pass, now: now)
        if case .passes = counted {} else { return counted }
        switch policies.access.decide(head, caller: pass.caller, address: pass.address, now: wallNow) {
        case .allowed: return .passes
        case .refused(let refusal):
            if let challenge = refusal.challenge { pass.challenge = challenge }
            return .refused(refusal.error, policy: refusal.policy.rawValue)
        }
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
            id: pass.principal?.id, tier: pass.principal?.tier, keyID: pass.caller?.application?.plan.name,
            address: pass.address, route: route)
        let verdict = counters.take(policies.limits, caller, head, now: now)
        verdict.addLines(to: &pass.answerLines, counters)
        if let refusal = verdict.refusal(counters.rules) {
            return .refused(refusal, policy: "limits.\(verdict.refusedBy(counters.rules) ?? "")")
        }
        pass.delay = verdict.delay
        return .passes
    }
}

extension Authentication.Quota {
    /// The same lines as those of limits.
    fileprivate func addLines(to lines: inout FieldLines) {
        lines.begin("RateLimit-Limit")
        lines.append(limit.count)
        lines.end()
        lines.begin("RateLimit-Remaining")
        lines.append(decision.remaining)
        lines.end()
        lines.begin("RateLimit-Reset")
        lines.append(decision.fullAfter > .zero ? WholeSeconds.up(decision.fullAfter) : 0)
        lines.end()
    }
}
