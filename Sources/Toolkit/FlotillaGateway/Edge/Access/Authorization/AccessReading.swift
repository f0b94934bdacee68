internal import FlotillaConfiguration

/// Reads one rule of access, with what the rest of the file says in mind.
struct AccessReading: Sendable {
    private enum Certificate: String, CaseIterable {
        case optional
        case required
    }

    let roles: AccessRoles
    let authentication: AuthenticationPlan?
    /// The names in the path of the route; nil: the rule is for any route.
    let captures: [ExpressionCapture]?

    /// A rule that is a group of keys.
    func rule(_ fields: inout YAMLFields) -> AccessPlan.Rule {
        let demand = demand(&fields)
        let alternatives = fields.groups("anyOf", count: 0...20, "Beside the rest, one of these has to be so.") {
            let demand = self.demand(&$0)
            if demand.isEmpty, !$0.isDescribing { $0.problem("asks for nothing", allowed: Self.keys) }
            return demand
        }.map(\.value)
        guard !fields.isDescribing else { return .anyone }
        if demand.isEmpty, alternatives.isEmpty {
            fields.problem("asks for nothing", allowed: "anyone, signedIn, or a group of \(Self.keys)")
        }
        if demand.namesCaller || (!alternatives.isEmpty && alternatives.allSatisfy(\.namesCaller)) {
            requireCallers(&fields, at: nil)
        }
        return .demand(demand, anyOf: alternatives)
    }

    private static let keys = "roles, permissions, scopes, tiers, certificate, if"

    private func demand(_ fields: inout YAMLFields) -> AccessDemand {
        let roles = fields.oneOrMoreTexts("roles", count: 0...50, "The caller's role is one of these.")
        let permissions = fields.oneOrMoreTexts(
            "permissions", count: 0...50, "The caller has all of these, by its role or its key.")
        let scopes = fields.oneOrMoreTexts(
            "scopes", count: 0...50, "The token has all of these, or names no scopes at all.")
        let tiers = fields.oneOrMoreTexts("tiers", count: 0...50, "The caller's tier is one of these.")
        let certificate = fields.choice(
            "certificate", default: Certificate.optional, "Whether a known client certificate has to come with it.")
        let demand = AccessDemand(
            roles: roles, permissions: permissions, scopes: scopes, tiers: tiers,
            needsCertificate: certificate == .required, condition: condition(&fields))
        guard !fields.isDescribing else { return demand }
        if demand.needsCertificate, authentication?.certificates.isEmpty ?? true {
            fields.problem(
                at: "certificate", value: "required", "can be fulfilled by nobody",
                allowed: "certificates under authentication")
        }
        for permission in demand.permissions { check(permission, &fields) }
        return demand
    }

    private func condition(_ fields: inout YAMLFields) -> AccessExpression? {
        let text = fields.optionalText(
            "if", bytes: 1...AccessExpression.bytesMax,
            "A condition, as path.userId == caller.id or caller.role in ['admin', 'support'].")
        guard let text else { return nil }
        do throws(ExpressionError) {
            return try ExpressionParser.parse(text, captures: captures)
        } catch {
            let hint = ConfigurationProblem.suggestion(for: error.word, among: error.known)
            fields.problem(
                at: "if", value: text, offset: error.offset,
                "cannot be read at character \(error.offset + 1): \(error.message)\(hint)", allowed: error.allowed)
            return nil
        }
    }

    /// What no role and no key may do is usually a slip of the pen.
    private func check(_ permission: String, _ fields: inout YAMLFields) {
        let keys = authentication?.apiKeys ?? []
        let isOfKey = keys.contains { PermissionList($0.permissions).has(permission) }
        guard roles.roles(with: permission).isEmpty, !isOfKey else { return }
        let known = Set(roles.permissions + keys.flatMap(\.permissions)).sorted()
        fields.problem(
            at: "permissions", value: permission,
            "is granted to nobody" + ConfigurationProblem.suggestion(for: permission, among: known),
            allowed: known.isEmpty ? "permissions that roles grants" : known.joined(separator: ", "))
    }

    /// Where nobody can be known, nobody would ever be let in.
    func requireCallers(_ fields: inout YAMLFields, at key: String?) {
        guard !fields.isDescribing else { return }
        let plan = authentication ?? AuthenticationPlan()
        guard plan.tokens == nil, plan.apiKeys.isEmpty, plan.certificates.isEmpty else { return }
        fields.problem(
            at: key, "is for callers who are known, and nobody can be: the file has no authentication",
            allowed: "authentication with tokens, apiKeys or certificates, or anyone")
    }
}
