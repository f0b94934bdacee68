internal import FlotillaCore
internal import FlotillaSecurity
internal import Testing

@Suite struct AccessPolicyTests {
    private static let now = Timestamp(seconds: 1_767_225_600)
    private static let policy = AccessPolicy([
        AccessRule("orders:cancel", for: [.customer], if: .all([.own, .youngerThan(.seconds(86_400))])),
        AccessRule("orders:cancel", for: [.admin]),
        AccessRule("orders:read", for: [.customer], if: .own),
        AccessRule("orders:read", for: [.support], if: .sameRegion),
        AccessRule("orders:read", for: [.manager, .admin]),
    ])

    private static let mine = AccessTarget(ownerID: "u1", region: "eu", createdAt: now - .seconds(3600))
    private static let old = AccessTarget(ownerID: "u1", region: "eu", createdAt: now - .seconds(86_400))
    private static let ageless = AccessTarget(ownerID: "u1")
    private static let american = AccessTarget(ownerID: "u9", region: "us", createdAt: now)

    struct Case: Sendable, CustomTestStringConvertible {
        var permission: Permission
        var principal: Principal?
        var target: AccessTarget
        var isAllowed: Bool
        var reason: String
        var testDescription: String { "\(principal?.role.rawValue ?? "nobody") \(permission): \(reason)" }
    }

    private static let ada = Principal(id: "u1", role: .customer)
    private static let linus = Principal(id: "s1", role: .support, region: "eu")
    private static let root = Principal(id: "a1", role: .admin)

    static let cases: [Case] = [
        Case(permission: "orders:cancel", principal: ada, target: mine, isAllowed: true, reason: "customer may"),
        Case(permission: "orders:cancel", principal: ada, target: old, isAllowed: false, reason: "only within 24 h"),
        Case(
            permission: "orders:cancel", principal: ada, target: ageless, isAllowed: false,
            reason: "age is not known"),
        Case(permission: "orders:cancel", principal: ada, target: american, isAllowed: false, reason: "somebody else"),
        Case(permission: "orders:cancel", principal: ada, target: .none, isAllowed: false, reason: "somebody else"),
        Case(permission: "orders:cancel", principal: root, target: old, isAllowed: true, reason: "admin may"),
        Case(
            permission: "orders:cancel", principal: linus, target: mine, isAllowed: false,
            reason: "for admin, customer"),
        Case(permission: "orders:read", principal: linus, target: mine, isAllowed: true, reason: "support may"),
        Case(permission: "orders:read", principal: linus, target: american, isAllowed: false, reason: "region (eu)"),
        Case(
            permission: "orders:read", principal: Principal(id: "s2", role: .support), target: AccessTarget(region: ""),
            isAllowed: false, reason: "caller has none"),
        Case(permission: "orders:read", principal: nil, target: mine, isAllowed: false, reason: "not signed in"),
        Case(permission: "orders:delete", principal: root, target: mine, isAllowed: false, reason: "No rule"),
        Case(
            permission: "orders:cancel", principal: Principal(id: "u1", role: .customer, scopes: ["orders:read"]),
            target: mine, isAllowed: false, reason: "scopes"),
        Case(
            permission: "orders:read", principal: Principal(id: "u1", role: .customer, scopes: ["orders:read"]),
            target: mine, isAllowed: true, reason: "customer may"),
    ]

    @Test("each decision and its reason", arguments: cases)
    func decisions(row: Case) {
        let decision = Self.policy.decide(row.permission, by: row.principal, on: row.target, now: Self.now)
        #expect(decision.isAllowed == row.isAllowed)
        #expect(decision.explanation.contains(row.reason), "\(decision.explanation)")
        let text = Self.policy.explain(row.permission, by: row.principal, on: row.target, now: Self.now)
        #expect(text.hasPrefix(row.isAllowed ? "Allowed: " : "Refused: "))
    }

    @Test("what is refused is thrown as 401 or 403")
    func require() throws {
        try Self.policy.require("orders:read", by: Self.ada, on: Self.mine, now: Self.now)
        let denied = #expect(throws: ServiceError.self) {
            try Self.policy.require("orders:read", by: Self.ada, on: Self.american, now: Self.now)
        }
        #expect(denied?.kind == .denied && denied?.slug == "access-denied")
        let anonymous = #expect(throws: ServiceError.self) {
            try Self.policy.require("orders:read", by: nil, on: Self.mine, now: Self.now)
        }
        #expect(anonymous?.kind == .unauthenticated)
    }
}
