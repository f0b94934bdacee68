internal import FlotillaCore
internal import FlotillaSecurity

/// Who sends a request, by all the proofs that came with it.
///
/// A few references, so that it costs nothing to make one for each request. A user with an application's key is the
/// user, and may do what both may.
struct Caller: Sendable {
    /// Somebody with a token.
    final class User: Sendable {
        let principal: Principal
        let expiresAt: Timestamp
        let fields: [ForwardedFields.Field]

        init(_ principal: Principal, expiresAt: Timestamp) {
            self.principal = principal
            self.expiresAt = expiresAt
            fields = ForwardedFields.of(user: principal)
        }
    }

    /// An application with a key.
    final class Application: Sendable {
        let plan: AuthenticationPlan.APIKey
        let principal: Principal
        let permissions: PermissionList
        let fields: [ForwardedFields.Field]

        init(_ plan: AuthenticationPlan.APIKey) {
            self.plan = plan
            principal = Principal(id: plan.name, role: Principal.Role(rawValue: "application"), tier: plan.tier)
            permissions = PermissionList(plan.permissions)
            fields = ForwardedFields.of(application: plan)
        }
    }

    /// Something with a certificate.
    final class Machine: Sendable {
        let principal: Principal
        let fields: [ForwardedFields.Field]

        init(_ plan: AuthenticationPlan.Certificate) {
            principal = Principal(id: plan.id, role: Principal.Role(rawValue: plan.role), tier: plan.tier)
            fields = ForwardedFields.of(machine: plan)
        }
    }

    let user: User?
    let application: Application?
    let machine: Machine?

    /// - Returns: nil when nothing was proved.
    init?(user: User? = nil, application: Application? = nil, machine: Machine? = nil) {
        guard user != nil || application != nil || machine != nil else { return nil }
        (self.user, self.application, self.machine) = (user, application, machine)
    }

    /// Who that is: the user, else the application, else the machine.
    var principal: Principal {
        user?.principal ?? application?.principal ?? machine?.principal
            ?? Principal(id: "", role: Principal.Role(rawValue: ""))
    }

    // Each of these by itself costs less than the whole principal.

    var id: String { user?.principal.id ?? application?.principal.id ?? machine?.principal.id ?? "" }

    var role: String {
        user?.principal.role.rawValue ?? application?.principal.role.rawValue ?? machine?.principal.role.rawValue ?? ""
    }

    var tier: String { user?.principal.tier ?? application?.principal.tier ?? machine?.principal.tier ?? "" }

    /// Empty: whatever the role may do.
    var scopes: [String] { user?.principal.scopes ?? [] }

    /// By what it was proved: `token`, `key`, `certificate`, with a `+` between several.
    var proof: String {
        [user.map { _ in "token" }, application.map { _ in "key" }, machine.map { _ in "certificate" }]
            .compactMap(\.self).joined(separator: "+")
    }

    /// Whether it may do that.
    ///
    /// A role grants permissions, the scopes of a token narrow them, and so do those of an application's key.
    func may(_ permission: String, _ roles: AccessRoles) -> Bool {
        if let application, !application.permissions.has(permission) { return false }
        if user == nil, application != nil { return true }
        guard roles.grants(role, permission) else { return false }
        let scopes = scopes
        return scopes.isEmpty || scopes.contains(permission)
    }

    /// What the services behind the gateway are told, with names in lower case.
    func forEachField(_ body: (ForwardedFields.Field) -> Void) {
        user?.fields.forEach(body)
        application?.fields.forEach(body)
        machine?.fields.forEach(body)
    }
}
