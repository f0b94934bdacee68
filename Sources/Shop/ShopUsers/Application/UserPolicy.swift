internal import FlotillaCore
internal import FlotillaSecurity

/// Who may look at whose profile.
enum UserPolicy {
    static let readUser: Permission = "users:read"

    static let rules = AccessPolicy([
        AccessRule(readUser, for: [.customer], if: .own),
        AccessRule(readUser, for: [.support, .manager], if: .own),
        AccessRule(readUser, for: [.support], if: .sameRegion),
        AccessRule(readUser, for: [.manager, .admin, .service]),
    ])
}
