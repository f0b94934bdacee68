internal import FlotillaCore

/// What a caller must have; all that is named must be fulfilled.
struct AccessDemand: Sendable, Hashable {
    /// One of them.
    var roles: [String] = []
    /// All of them.
    var permissions: [String] = []
    /// All of them; a token that names no scopes has all that its role may do.
    var scopes: [String] = []
    /// One of them.
    var tiers: [String] = []
    /// Whether a certificate that is known must come with the connection.
    var needsCertificate = false
    var condition: AccessExpression?

    /// The part that is not fulfilled.
    enum Objection: Sendable, Hashable {
        case signIn
        case certificate
        case roles
        case permission(String)
        case scope(String)
        case tiers
        case condition
    }

    var isEmpty: Bool { self == AccessDemand() }

    /// Whether it is about who calls; signing in may then help.
    var asksForCaller: Bool { namesCaller || condition?.asksForCaller ?? false }

    /// Whether nobody who is not signed in can fulfil it.
    var namesCaller: Bool { !roles.isEmpty || !permissions.isEmpty || !scopes.isEmpty || !tiers.isEmpty }

    /// The first part that is not fulfilled; nil: it is fulfilled.
    func objection(_ head: borrowing some EdgeHead & ~Copyable, _ facts: AccessFacts) -> Objection? {
        if namesCaller, facts.caller == nil { return .signIn }
        if needsCertificate, facts.caller?.machine == nil { return .certificate }
        if let caller = facts.caller {
            let principal = caller.principal
            if !roles.isEmpty, !roles.contains(principal.role.rawValue) { return .roles }
            for permission in permissions where !caller.may(permission, facts.roles) { return .permission(permission) }
            if !scopes.isEmpty, !principal.scopes.isEmpty {
                for scope in scopes where !principal.scopes.contains(scope) { return .scope(scope) }
            }
            if !tiers.isEmpty, !tiers.contains(principal.tier) { return .tiers }
        }
        if let condition, !condition.holds(head, facts) { return .condition }
        return nil
    }

    /// What a caller is told; of conditions no more than that there is one.
    func refusal(_ objection: Objection) -> AccessRefusal {
        switch objection {
        case .signIn: .notSignedIn
        case .certificate: .denied("This is only for clients with a certificate that is known here.")
        case .roles: .denied("This is for \(roles.joined(separator: ", ")) only.")
        case .permission(let permission): .denied("This needs the permission \(permission).", scopes: permission)
        case .scope(let scope): .denied("This needs a token with the scope \(scope).", scopes: scopes.joined(separator: " "))
        case .tiers: .denied("This is for the tiers \(tiers.joined(separator: ", ")) only.")
        case .condition: .denied("What you ask for is not yours to ask for, or not now, or not from there.")
        }
    }
}
