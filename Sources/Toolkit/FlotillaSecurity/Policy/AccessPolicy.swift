public import FlotillaCore

/// Who may do what, as data: role-based rules with conditions on the thing acted upon (RBAC and ABAC,
/// NIST SP 800-162). What no rule allows is refused.
///
///     let policy = AccessPolicy([
///         AccessRule("orders:cancel", for: [.customer], if: .all([.own, .youngerThan(.seconds(86_400))])),
///         AccessRule("orders:cancel", for: [.admin]),
///         AccessRule("orders:read", for: [.support], if: .sameRegion),
///     ])
///     try policy.require("orders:cancel", by: principal, on: target, now: world.now)
public struct AccessPolicy: Sendable {
    /// The rules, in the order in which they are tried and explained.
    public let rules: [AccessRule]

    private let byPermission: [Permission: [AccessRule]]

    public init(_ rules: [AccessRule]) {
        self.rules = rules
        byPermission = Dictionary(grouping: rules, by: \.permission)
    }

    /// Decides and says why.
    ///
    /// - Parameter principal: nil for a caller who has not signed in; nothing is allowed to them.
    public func decide(
        _ permission: Permission, by principal: Principal?, on target: AccessTarget = .none, now: Timestamp
    ) -> AccessDecision {
        guard let principal else {
            return AccessDecision(isAllowed: false, reasons: ["The caller has not signed in."])
        }
        guard principal.scopes.isEmpty || principal.scopes.contains(permission.rawValue) else {
            return AccessDecision(
                isAllowed: false, reasons: ["The token's scopes do not include \(permission)."])
        }
        let rules = byPermission[permission] ?? []
        guard !rules.isEmpty else {
            return AccessDecision(isAllowed: false, reasons: ["No rule allows \(permission) to anybody."])
        }
        var reasons: [String] = []
        for rule in rules where rule.roles.contains(principal.role) {
            guard let objection = rule.condition.objection(principal, target, now: now) else {
                return AccessDecision(
                    isAllowed: true, reasons: ["\(principal.role.rawValue) may \(permission)."], rule: rule)
            }
            reasons.append("\(principal.role.rawValue) may \(permission) \(objection).")
        }
        if reasons.isEmpty {
            let names = rules.flatMap(\.roles).map(\.rawValue)
            let sorted = Set(names).sorted().joined(separator: ", ")
            reasons.append("\(permission) is for \(sorted), and the caller is \(principal.role.rawValue).")
        }
        return AccessDecision(isAllowed: false, reasons: reasons)
    }

    /// Does nothing when it is allowed.
    ///
    /// - Throws: ``ServiceError`` `sign-in-required` (401) without a caller, `access-denied` (403) with the reasons.
    public func require(
        _ permission: Permission, by principal: Principal?, on target: AccessTarget = .none, now: Timestamp
    ) throws {
        let decision = decide(permission, by: principal, on: target, now: now)
        if decision.isAllowed { return }
        guard principal != nil else {
            throw ServiceError(.unauthenticated, "sign-in-required", "Sign in to do this.")
        }
        throw ServiceError(.denied, "access-denied", decision.explanation)
    }

    /// The decision and its reasons as text, for the question "why was this refused".
    public func explain(
        _ permission: Permission, by principal: Principal?, on target: AccessTarget = .none, now: Timestamp
    ) -> String {
        let decision = decide(permission, by: principal, on: target, now: now)
        return (decision.isAllowed ? "Allowed: " : "Refused: ") + decision.explanation
    }
}

/// What a policy decided, and why.
public struct AccessDecision: Sendable, Hashable {
    public var isAllowed: Bool
    /// Sentences, one for each rule that was considered; never empty.
    public var reasons: [String]
    /// The rule that allowed it.
    public var rule: AccessRule?

    init(isAllowed: Bool, reasons: [String], rule: AccessRule? = nil) {
        self.isAllowed = isAllowed
        self.reasons = reasons
        self.rule = rule
    }

    /// The reasons as one text.
    public var explanation: String { reasons.joined(separator: " ") }
}
