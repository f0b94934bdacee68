/// What a caller must have; all that is named must be fulfilled.
///
/// It never changes; a class, so that a decision does not copy its lists.
final class AccessDemand: Sendable {
    /// One of them.
    let roles: [String]
    /// All of them.
    let permissions: [String]
    /// All of them; a token that names no scopes has all that its role may do.
    let scopes: [String]
    /// One of them.
    let tiers: [String]
    /// Whether a certificate that is known must come with the connection.
    let needsCertificate: Bool
    let condition: AccessExpression?

    init(
        roles: [String] = [], permissions: [String] = [], scopes: [String] = [], tiers: [String] = [],
        needsCertificate: Bool = false, condition: AccessExpression? = nil
    ) {
        self.roles = roles
        self.permissions = permissions
        self.scopes = scopes
        self.tiers = tiers
        self.needsCertificate = needsCertificate
        self.condition = condition
    }

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

    var isEmpty: Bool { !namesCaller && !needsCertificate && condition == nil }

    /// Whether it is about who calls; signing in may then help.
    var asksForCaller: Bool { namesCaller || condition?.asksForCaller ?? false }

    /// Whether nobody who is not signed in can fulfil it.
    var namesCaller: Bool { !roles.isEmpty || !permissions.isEmpty || !scopes.isEmpty || !tiers.isEmpty }

    /// The first part that is not fulfilled; nil: it is fulfilled.
    func objection(_ head: borrowing some EdgeHead & ~Copyable, _ facts: AccessFacts) -> Objection? {
        if namesCaller, facts.caller == nil { return .signIn }
        if needsCertificate, facts.caller?.machine == nil { return .certificate }
        if let caller = facts.caller {
            if !roles.isEmpty, !roles.contains(caller.role) { return .roles }
            for permission in permissions where !caller.may(permission, facts.roles) { return .permission(permission) }
            if !scopes.isEmpty {
                let has = caller.scopes
                for scope in scopes where !has.isEmpty && !has.contains(scope) { return .scope(scope) }
            }
            if !tiers.isEmpty, !tiers.contains(caller.tier) { return .tiers }
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
        case .scope(let scope):
            .denied("This needs a token with the scope \(scope).", scopes: scopes.joined(separator: " "))
        case .tiers: .denied("This is for the tiers \(tiers.joined(separator: ", ")) only.")
        case .condition: .denied("What you ask for is not yours to ask for, or not now, or not from there.")
        }
    }
}

extension AccessDemand: Equatable {
    static func == (left: AccessDemand, right: AccessDemand) -> Bool {
        left === right
            || (left.roles == right.roles && left.permissions == right.permissions && left.scopes == right.scopes
                && left.tiers == right.tiers && left.needsCertificate == right.needsCertificate
                && left.condition == right.condition)
    }
}
