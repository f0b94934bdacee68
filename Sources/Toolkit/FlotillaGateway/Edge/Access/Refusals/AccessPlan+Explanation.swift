internal import FlotillaCore

extension AccessPlan {
    /// Why a request is allowed or refused by this plan.
    ///
    /// It decides as ``decide(_:caller:address:now:)`` does, but looks at everything, so it is for those who ask why,
    /// not for every request.
    func explain(
        _ head: borrowing some EdgeHead & ~Copyable, caller: Caller?, address: IPAddress? = nil, now: Timestamp
    ) -> AccessExplanation {
        var explanation = AccessExplanation(
            caller: AccessExplanation.name(caller), outcome: "allowed", policy: nil, steps: [])
        if case .refused(let refusal) = decide(head, caller: caller, address: address, now: now) {
            explanation.outcome = refusal.error.slug
            explanation.policy = refusal.policy.rawValue
        }
        switch rule {
        case .anyone:
            explanation.steps = [.init(asked: "anyone", found: caller == nil ? "nobody" : "somebody", holds: true)]
        case .signedIn:
            explanation.steps = [AccessDemand.signedIn(caller)]
        case .demand(let demand, let alternatives):
            let facts = AccessFacts(caller: caller, roles: roles, address: address, now: now)
            explanation.steps = demand.steps(head, facts)
            guard !alternatives.isEmpty else { break }
            var ways: [AccessExplanation.Step] = []
            for (index, alternative) in alternatives.enumerated() {
                let steps = alternative.steps(head, facts)
                let holds = steps.allSatisfy(\.holds)
                ways.append(
                    .init(asked: "way \(index + 1)", found: holds ? "open" : "closed", holds: holds, parts: steps))
            }
            let open = ways.count(where: \.holds)
            explanation.steps.append(
                .init(asked: "anyOf", found: "\(open) of \(ways.count) ways are open", holds: open > 0, parts: ways))
        }
        return explanation
    }
}

extension AccessExplanation {
    /// For a request that another policy has refused before access was asked.
    init(_ refusal: AccessRefusal, caller: Caller?) {
        self.init(
            caller: Self.name(caller), outcome: refusal.error.slug, policy: refusal.policy.rawValue,
            steps: [Step(asked: refusal.policy.rawValue, found: refusal.error.detail, holds: false)])
    }
}

extension AccessDemand {
    fileprivate static func signedIn(_ caller: Caller?) -> AccessExplanation.Step {
        .init(asked: "signedIn", found: caller.map { "by \($0.proof)" } ?? "nobody", holds: caller != nil)
    }

    /// Each part that is asked, and how it stands.
    fileprivate func steps(
        _ head: borrowing some EdgeHead & ~Copyable, _ facts: AccessFacts
    ) -> [AccessExplanation.Step] {
        typealias Step = AccessExplanation.Step
        var steps: [Step] = []
        let principal = facts.caller?.principal
        if namesCaller, facts.caller == nil { steps.append(Self.signedIn(nil)) }
        if needsCertificate {
            let machine = facts.caller?.machine
            steps.append(
                Step(
                    asked: "certificate: required",
                    found: machine.map { AccessExplanation.shown($0.principal.id) } ?? "none", holds: machine != nil))
        }
        if let caller = facts.caller, let principal {
            if !roles.isEmpty {
                let role = principal.role.rawValue
                steps.append(Self.step("roles", roles, role, holds: roles.contains(role)))
            }
            for permission in permissions { steps.append(Self.step(permission, of: caller, facts.roles)) }
            if !scopes.isEmpty {
                let has = principal.scopes
                let found = has.isEmpty ? "no scopes are named, so all" : has.joined(separator: " ")
                steps.append(Self.step("scopes", scopes, found, holds: has.isEmpty || scopes.allSatisfy(has.contains)))
            }
            if !tiers.isEmpty {
                steps.append(Self.step("tiers", tiers, principal.tier, holds: tiers.contains(principal.tier)))
            }
        }
        if let condition {
            let holds = condition.holds(head, facts)
            steps.append(
                Step(
                    asked: "if", found: holds ? "so" : "not so", holds: holds,
                    parts: [condition.condition.step(head, facts)]))
        }
        return steps
    }

    private static func step(
        _ key: String, _ wanted: [String], _ found: String, holds: Bool
    ) -> AccessExplanation.Step {
        .init(
            asked: "\(key): \(wanted.joined(separator: ", "))", found: AccessExplanation.shown(found), holds: holds)
    }

    private static func step(
        _ permission: String, of caller: Caller, _ roles: AccessRoles
    ) -> AccessExplanation.Step {
        let principal = caller.principal
        var found: [String] = []
        if caller.user != nil || (caller.application == nil && caller.machine != nil) {
            let granted = roles.grants(principal.role.rawValue, permission)
            found.append("the role \(AccessExplanation.shown(principal.role.rawValue)) \(granted ? "has" : "lacks") it")
            if !principal.scopes.isEmpty, !principal.scopes.contains(permission) {
                found.append("the token's scopes leave it out")
            }
        }
        if let application = caller.application {
            let has = application.permissions.has(permission)
            found.append("the key \(application.plan.name) \(has ? "has" : "lacks") it")
        }
        return .init(
            asked: "permission \(permission)", found: found.joined(separator: ", "),
            holds: caller.may(permission, roles))
    }
}
