public import FlotillaResilience

/// How much one caller may send: a user where signed in, an address otherwise.
///
/// Plain data. A request has to pass every limit that concerns it.
public struct RateLimitPlan: Sendable, Hashable {
    /// For everything together.
    public var global: RateLimit?
    /// For one class of routes each, by the name in ``GatewayRoute/limitClass``.
    public var classes: [String: RateLimit]
    /// For everything a signed-in user sends, by the tier of the user.
    public var tiers: [String: RateLimit]
    /// How many callers are kept in mind at once, for all limits together.
    public var callersMax: Int

    public init(
        global: RateLimit? = nil, classes: [String: RateLimit] = [:],
        tiers: [String: RateLimit] = [:], callersMax: Int = 100_000
    ) {
        self.global = global
        self.classes = classes
        self.tiers = tiers
        self.callersMax = callersMax
    }

    /// The numbers a small public service would have, all per minute: 1,000 together; users 100,
    /// products 500, orders 200; tiers 10, 100 and 1,000.
    public static let strict = RateLimitPlan(
        global: .init(1_000, per: .seconds(60)),
        classes: [
            "users": .init(100, per: .seconds(60)), "products": .init(500, per: .seconds(60)),
            "orders": .init(200, per: .seconds(60)),
        ],
        tiers: [
            "free": .init(10, per: .seconds(60)), "premium": .init(100, per: .seconds(60)),
            "enterprise": .init(1_000, per: .seconds(60)),
        ])

    /// Enough for people who try things out and for small load tests, and still a bound: 60,000 a minute.
    public static let demo = RateLimitPlan(global: .init(60_000, per: .seconds(60)))

    /// No limit at all.
    public static let off = RateLimitPlan()

    /// The plan of that name: `strict`, `demo` or `off`.
    public init?(named name: String) {
        switch name {
        case "strict": self = .strict
        case "demo": self = .demo
        case "off": self = .off
        default: return nil
        }
    }
}
