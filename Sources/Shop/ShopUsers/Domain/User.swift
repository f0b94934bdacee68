internal import FlotillaCore
internal import ShopContracts

/// Somebody with an account.
struct User: Sendable, Hashable {
    let id: UserID
    var email: EmailAddress
    var name: String
    /// BCP 47: the language messages are written in.
    var language: String
    var role: Principal.Role
    var tier: Tier
    /// Where the user belongs; empty when unknown.
    var region: String
    /// A user that is not active can neither sign in nor order.
    var isActive: Bool
    let createdAt: Timestamp
    var updatedAt: Timestamp

    /// What a customer pays for; decides limits.
    enum Tier: String, Sendable, CaseIterable {
        case free
        case premium
        case enterprise
    }

    /// A customer who registers.
    init(
        id: UserID, email: EmailAddress, name: String, language: String = "en", role: Principal.Role = .customer,
        tier: Tier = .free, region: String = "", isActive: Bool = true, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.email = email
        self.name = name
        self.language = language
        self.role = role
        self.tier = tier
        self.region = region
        self.isActive = isActive
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Whom the user's tokens speak for.
    var principal: Principal {
        Principal(id: id.text, role: role, tier: tier.rawValue, region: region)
    }
}

/// What a user may change of the own profile; nil: stays as it is.
///
/// Neither role nor tier nor region: support sees the customers of its region, so nobody may move there alone.
struct ProfileChange: Sendable, Hashable {
    var name: String?
    var language: String?

    /// The changed user; nil when nothing would be different.
    func applied(to user: User, at now: Timestamp) -> User? {
        var changed = user
        if let name { changed.name = name }
        if let language { changed.language = language }
        guard changed != user else { return nil }
        changed.updatedAt = now
        return changed
    }
}
