public import FlotillaCore

/// Something that can be allowed: `orders:cancel`.
public struct Permission: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// Thing and verb, with a colon between; the same words as OAuth scopes.
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(stringLiteral value: String) { rawValue = value }

    public var description: String { rawValue }
}

/// What a decision needs to know of the thing acted upon.
public struct AccessTarget: Sendable, Hashable {
    /// Whose it is; nil: nobody's.
    public var ownerID: String?
    /// Where it belongs; nil or empty: nowhere.
    public var region: String?
    /// When it came to be.
    public var createdAt: Timestamp?

    public init(ownerID: String? = nil, region: String? = nil, createdAt: Timestamp? = nil) {
        self.ownerID = ownerID
        self.region = region
        self.createdAt = createdAt
    }

    /// Nothing in particular: a list, a thing yet to be made.
    public static let none = AccessTarget()
}

/// One sentence of a policy: these roles may do this, if.
public struct AccessRule: Sendable, Hashable {
    /// What must hold beside the role.
    public indirect enum Condition: Sendable, Hashable {
        case always
        /// The caller owns it.
        case own
        /// It belongs to the caller's region; a caller without a region has none.
        case sameRegion
        /// It was made less than this long ago.
        case youngerThan(Duration)
        case all([Condition])
    }

    public var permission: Permission
    public var roles: [Principal.Role]
    public var condition: Condition

    public init(_ permission: Permission, for roles: [Principal.Role], if condition: Condition = .always) {
        self.permission = permission
        self.roles = roles
        self.condition = condition
    }
}

extension AccessRule.Condition {
    /// Why the condition does not hold, as the end of a sentence; nil when it holds.
    func objection(_ principal: Principal, _ target: AccessTarget, now: Timestamp) -> String? {
        switch self {
        case .always:
            return nil
        case .own:
            return target.ownerID == principal.id ? nil : "only for one's own, and this belongs to somebody else"
        case .sameRegion:
            if principal.region.isEmpty { return "only within one's region, and the caller has none" }
            return target.region == principal.region
                ? nil : "only within one's region (\(principal.region)), and this belongs to another"
        case .youngerThan(let age):
            guard let createdAt = target.createdAt else { return "only for a limited time, and its age is not known" }
            return now - createdAt < age ? nil : "only within \(Self.describe(age)), and that has passed"
        case .all(let conditions):
            for condition in conditions {
                if let objection = condition.objection(principal, target, now: now) { return objection }
            }
            return nil
        }
    }

    private static func describe(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        return seconds % 3600 == 0 ? "\(seconds / 3600) h" : "\(seconds) s"
    }
}
