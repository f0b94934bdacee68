internal import FlotillaConfiguration

/// What the top of a file says of access, for all its routes: the roles, and rules that have names.
struct AccessSection: Sendable {
    let roles: AccessRoles
    /// Not for a route yet: `path.NAME` has no place in them.
    let rules: [String: AccessPlan.Rule]
    private let authentication: AuthenticationPlan?

    /// Reads the sections `roles` and `access`.
    ///
    /// - Parameter authentication: what the file says of it; nil: nothing.
    init(from fields: inout YAMLFields, authentication: AuthenticationPlan?) {
        roles = AccessRoles(from: &fields)
        self.authentication = authentication
        let context = AccessReading(roles: roles, authentication: authentication, captures: nil)
        let named = fields.named("access", "Rules that routes name: `access: NAME`.") { fields in
            context.rule(&fields)
        }
        rules = Dictionary(named.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// Nothing.
    static let none = AccessSection()

    private init() { (roles, rules, authentication) = (AccessRoles(), [:], nil) }

    /// Reads the key `access` of a route; ``AccessPlan/anyone`` when it is not there.
    ///
    /// - Parameter path: of the route.
    func plan(from fields: inout YAMLFields, path: PathPattern?) -> AccessPlan {
        let captures = path?.captures ?? []
        let context = AccessReading(roles: roles, authentication: authentication, captures: captures)
        let form = fields.form(
            "access", .choice(["anyone", "signedIn"]), orNameOf: "access",
            "Who may use the route: anyone (as if it were not said), signedIn, the name of a rule, or a rule.",
            orGroup: { fields in context.rule(&fields) })
        let rule: AccessPlan.Rule
        switch form {
        case nil: rule = .anyone
        case .value(.string("signedIn"), _)?:
            context.requireCallers(&fields, at: "access")
            rule = .signedIn
        case .value?: rule = .anyone
        case .group(let found, _, _)?: rule = found
        case .name(let name, _)?: rule = named(name, captures, &fields)
        }
        return AccessPlan(rule: rule, roles: roles)
    }

    private func named(
        _ name: String, _ captures: [ExpressionCapture], _ fields: inout YAMLFields
    ) -> AccessPlan.Rule {
        let known = ["anyone", "signedIn"] + rules.keys.sorted()
        guard let rule = rules[name] else {
            fields.problem(
                at: "access", value: name, "is no rule" + ConfigurationProblem.suggestion(for: name, among: known),
                allowed: known.joined(separator: ", ") + ", or a group of keys")
            return .signedIn
        }
        guard case .demand(let demand, let alternatives) = rule else { return rule }
        do throws(ExpressionError) {
            var resolved: [AccessDemand] = []
            for alternative in alternatives { resolved.append(try alternative.resolved(captures)) }
            return .demand(try demand.resolved(captures), anyOf: resolved)
        } catch {
            fields.problem(at: "access", value: name, "does not fit: \(error.message)", allowed: error.allowed)
            return .signedIn
        }
    }
}

extension AccessDemand {
    fileprivate func resolved(_ captures: [ExpressionCapture]) throws(ExpressionError) -> AccessDemand {
        AccessDemand(
            roles: roles, permissions: permissions, scopes: scopes, tiers: tiers, needsCertificate: needsCertificate,
            condition: try condition?.resolved(captures))
    }
}
