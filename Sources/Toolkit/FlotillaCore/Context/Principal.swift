/// Who a call is made for, as proved by a verified token.
public struct Principal: Sendable, Hashable {
    /// The user's ID, or the service's name for a service of its own accord.
    public var id: String
    public var role: Role
    /// `free`, `premium` or `enterprise`; decides how much may be sent.
    public var tier: String
    /// Where the user belongs (`eu`, `us` …); a service may keep support to its own region. Empty: none.
    public var region: String
    /// What the token may be used for (OAuth 2.0 scopes); empty: everything the role may do.
    public var scopes: [String]

    public init(id: String, role: Role, tier: String = "free", region: String = "", scopes: [String] = []) {
        self.id = id
        self.role = role
        self.tier = tier
        self.region = region
        self.scopes = scopes
    }

    /// What somebody is in the system.
    public struct Role: RawRepresentable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Buys, and sees what is their own.
        public static let customer = Role(rawValue: "customer")
        /// Helps the customers of one region.
        public static let support = Role(rawValue: "support")
        /// Runs the business: figures, prices, stock.
        public static let manager = Role(rawValue: "manager")
        /// May do everything.
        public static let admin = Role(rawValue: "admin")
        /// Another service of the fleet.
        public static let service = Role(rawValue: "service")
    }
}
