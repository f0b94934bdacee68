public import FlotillaGateway

/// What the edge adds to the plan of all calls: the ways in, and whom its own compositions ask.
extension ShopGateway {
    /// Everything of the Shop that can be reached from outside.
    public static var routes: [GatewayRoute] { ShopRoutes.all }

    /// The service that lives in the gateway and answers with compositions of others' answers.
    public static var edge: String { ShopRoutes.edge }

    /// Whom those compositions ask: ``OrderDetails``.
    public static let edgeCalls = ["catalog", "orders", "payments", "shipping", "users"]
}
