public import FlotillaResilience

/// What a gateway is told at its start. Plain data.
public struct GatewayConfiguration: Sendable {
    /// No two may want the same requests.
    public var routes: [GatewayRoute]
    /// How much one caller may send.
    public var limits: RateLimitPlan
    /// How many requests are let in at once, by what is measured; nil: any number.
    public var admission: AdaptiveLimit?
    /// What protects the calls to services that have no entry in the fleet's policies.
    public var forwarding: CallPolicy
    /// Without one of these the gateway is not ready.
    public var criticalServices: [String]
    /// Without one of these it is degraded.
    public var helpfulServices: [String]
    /// The title of the merged OpenAPI document.
    public var title: String
    /// Of the gateway, for health and documentation.
    public var version: String

    /// - Parameters:
    ///   - admission: must be without ``AdaptiveLimit/problems()``.
    ///   - forwarding: must be without ``CallPolicy/problems()``.
    ///   - criticalServices: without one of these the gateway is not ready.
    ///   - helpfulServices: without one of these it is degraded.
    public init(
        routes: [GatewayRoute], limits: RateLimitPlan = .demo, admission: AdaptiveLimit? = .door,
        forwarding: CallPolicy = .forwarding,
        criticalServices: [String] = [], helpfulServices: [String] = [], title: String = "gateway",
        version: String = "1.0.0"
    ) {
        self.routes = routes
        self.limits = limits
        self.admission = admission
        self.forwarding = forwarding
        self.criticalServices = criticalServices
        self.helpfulServices = helpfulServices
        self.title = title
        self.version = version
    }

    /// Every service a route leads to, each once, sorted.
    var services: [String] { Set(routes.map(\.service)).sorted() }
}
