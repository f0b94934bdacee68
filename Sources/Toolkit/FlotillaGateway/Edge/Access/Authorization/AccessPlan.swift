internal import FlotillaCore

/// Who may use a route. What it does not allow is refused.
struct AccessPlan: Sendable, Equatable {
    enum Rule: Sendable, Equatable {
        case anyone
        case signedIn
        /// The demand, and one of the alternatives where there are any.
        case demand(AccessDemand, anyOf: [AccessDemand])
    }

    var rule: Rule
    var roles: AccessRoles

    /// Everybody, known or not.
    static let anyone = AccessPlan(rule: .anyone, roles: AccessRoles())

    /// What becomes of a request.
    enum Outcome: Sendable {
        /// With who calls; nil: nobody who is known.
        case allowed(Caller?)
        case refused(AccessRefusal)
    }

    /// Whether a caller may send a request. On a loop's thread: takes no lock and asks nobody.
    ///
    /// - Parameter address: of the client, where proxies stand before us; nil: that of the connection.
    func decide(
        _ head: borrowing some EdgeHead & ~Copyable, caller: Caller?, address: IPAddress? = nil, now: Timestamp
    ) -> Outcome {
        switch rule {
        case .anyone: return .allowed(caller)
        case .signedIn: return caller == nil ? .refused(.notSignedIn) : .allowed(caller)
        case .demand(let demand, let alternatives):
            let facts = AccessFacts(caller: caller, roles: roles, address: address, now: now)
            guard let refusal = Self.refusal(demand, alternatives, head, facts) else { return .allowed(caller) }
            return .refused(refusal)
        }
    }

    private static func refusal(
        _ demand: AccessDemand, _ alternatives: [AccessDemand], _ head: borrowing some EdgeHead & ~Copyable,
        _ facts: AccessFacts
    ) -> AccessRefusal? {
        if let objection = demand.objection(head, facts) {
            return facts.caller == nil && demand.asksForCaller ? .notSignedIn : demand.refusal(objection)
        }
        var first: AccessRefusal?
        for alternative in alternatives {
            guard let objection = alternative.objection(head, facts) else { return nil }
            first = first ?? alternative.refusal(objection)
        }
        guard let first else { return nil }
        if facts.caller == nil, alternatives.contains(where: \.asksForCaller) { return .notSignedIn }
        return alternatives.count == 1 ? first : .denied("None of the ways to be allowed this is open to you.")
    }
}
