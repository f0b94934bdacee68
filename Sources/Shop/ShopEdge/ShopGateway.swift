public import FlotillaCore
public import FlotillaGateway
public import FlotillaHTTP
public import FlotillaObservability
public import FlotillaResilience

/// The Shop's gateway: its routes, its own pages and compositions, and what it needs to be ready.
public enum ShopGateway {
    /// An order can be accepted when these answer.
    static let criticalServices = ["orders", "catalog"]
    /// Without these an order is accepted all the same, of whoever is signed in, and completed later.
    static let helpfulServices = ["carts", "inventory", "notifications", "payments", "shipping", "users"]

    /// - Parameters:
    ///   - directory: where the services are found.
    ///   - policies: where the guards of the calls to services are found: `gateway → orders`, `edge → orders`;
    ///     nil: in a registry of the gateway's own, which nobody else sees.
    ///   - verifier: checks bearer tokens.
    ///   - admission: how many requests are let in at once; nil: any number.
    ///   - facts: what the index page tells.
    /// - Throws: when the routes contradict each other, which would be a defect.
    public static func make(
        directory: any ServiceDirectory, policies: PolicyRegistry? = nil, verifier: (any Authenticator)?,
        limits: RateLimitPlan, admission: AdaptiveLimit? = .door, facts: ShopFacts, telemetry: Telemetry, world: World
    ) throws -> Gateway {
        let policies = policies ?? PolicyRegistry(world: world)
        let upstream = UpstreamClient(
            directory: directory, policies: policies, telemetry: telemetry.renamed(ShopRoutes.edge), world: world)
        let edge = ServiceResponder(
            service: ShopRoutes.edge, routes: EdgeRoutes(upstream: upstream, facts: facts).make(),
            verifier: verifier, telemetry: telemetry.renamed(ShopRoutes.edge), world: world, version: facts.version)
        return try Gateway(
            GatewayConfiguration(
                routes: ShopRoutes.all, limits: limits, admission: admission, criticalServices: criticalServices,
                helpfulServices: helpfulServices, title: "The Shop", version: facts.version),
            directory: directory, local: [ShopRoutes.edge: edge], policies: policies, verifier: verifier,
            telemetry: telemetry, world: world)
    }
}

/// What the index page tells about this running Shop.
public struct ShopFacts: Sendable {
    /// Where customers come in: `http://127.0.0.1:8080`.
    public var publicURL: String
    /// The operations port; nil when there is none.
    public var operationsURL: String?
    /// The e-mail addresses of the demo accounts, each with who it is; empty without demo data.
    public var demoAccounts: [(email: String, role: String)]
    /// Of the Shop.
    public var version: String

    public init(
        publicURL: String, operationsURL: String?, demoAccounts: [(email: String, role: String)] = [],
        version: String = "1.0.0"
    ) {
        self.publicURL = publicURL
        self.operationsURL = operationsURL
        self.demoAccounts = demoAccounts
        self.version = version
    }
}
