internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaResilience
internal import HTTPTypes

/// What of the Shop can be reached from outside, who may, and what is given up first under too much load.
///
/// Critical is what stands between a filled cart and a paid order, and the keys by which others know who asks;
/// background are lists that can wait; everything else is standard.
enum ShopRoutes {
    /// The name under which the edge's own pages and compositions are found.
    static let edge = "edge"

    static let all: [GatewayRoute] =
        users + catalog + carts + orders + payments + inventory + shipping + notifications + own

    private static let users = [
        GatewayRoute([.post], "/api/v1/users", to: "users", access: .anyone),
        GatewayRoute([.get, .patch, .delete], "/api/v1/users/me", to: "users", access: .signedIn),
        GatewayRoute([.get, .post], "/api/v1/users/me/addresses", to: "users", access: .signedIn),
        GatewayRoute([.delete], "/api/v1/users/me/addresses/{id}", to: "users", access: .signedIn),
        GatewayRoute([.post], "/api/v1/sessions", to: "users", access: .anyone),
        GatewayRoute([.post], "/api/v1/sessions/refresh", to: "users", access: .anyone, priority: .critical),
        GatewayRoute([.delete], "/api/v1/sessions/current", to: "users", access: .signedIn),
        GatewayRoute([.post], "/oauth/token", to: "users", access: .anyone, priority: .critical),
        GatewayRoute([.get], "/.well-known/jwks.json", to: "users", access: .anyone, priority: .critical),
        GatewayRoute([.get], "/.well-known/openid-configuration", to: "users", access: .anyone),
    ]

    /// While Catalog is away, what it said within the last hour is shown again. Orders take no such prices.
    private static let staleMax = Duration.seconds(3_600)

    private static let catalog = [
        GatewayRoute(
            [.get], "/api/v1/products", to: "catalog", access: .anyone, limitClass: "products", staleMax: staleMax),
        GatewayRoute([.get], "/api/v1/products/suggest", to: "catalog", access: .anyone, limitClass: "products"),
        GatewayRoute(
            [.get], "/api/v1/products/{id}", to: "catalog", access: .anyone, limitClass: "products",
            staleMax: staleMax),
        GatewayRoute(
            [.put], "/api/v1/products/{id}", to: "catalog", access: .roles([.manager, .admin]),
            limitClass: "products"),
        GatewayRoute(
            [.get], "/api/v1/products/{id}/picture", to: "catalog", access: .anyone, limitClass: "products",
            staleMax: staleMax),
    ]

    /// A guest's cart is opened by its ID; whose it is, Carts decides.
    private static let carts = [
        GatewayRoute([.post], "/api/v1/carts", to: "carts", access: .anyone),
        GatewayRoute([.get, .delete], "/api/v1/carts/{id}", to: "carts", access: .anyone),
        GatewayRoute([.post], "/api/v1/carts/mine/merge", to: "carts", access: .signedIn, priority: .critical),
        GatewayRoute([.put, .delete], "/api/v1/carts/{id}/items/{productId}", to: "carts", access: .anyone),
    ]

    private static let orders = [
        GatewayRoute([.get], "/api/v1/orders", to: "orders", access: .signedIn),
        GatewayRoute([.post], "/api/v1/orders", to: "orders", access: .signedIn, priority: .critical),
        GatewayRoute([.get], "/api/v1/orders/{id}", to: "orders", access: .signedIn, priority: .critical),
        GatewayRoute([.get], "/api/v1/orders/{id}/details", to: edge, access: .signedIn, limitClass: "orders"),
        GatewayRoute([.get], "/api/v1/orders/{id}/events", to: "orders", access: .signedIn),
        GatewayRoute([.get], "/api/v1/orders/{id}/stream", to: "orders", access: .signedIn, priority: .critical),
        GatewayRoute([.post], "/api/v1/orders/{id}/cancel", to: "orders", access: .signedIn, priority: .critical),
        GatewayRoute(
            [.put], "/api/v1/orders/{id}/payment-token", to: "orders", access: .signedIn, priority: .critical),
    ]

    private static let payments = [
        GatewayRoute([.post], "/api/v1/payment-tokens", to: "payments", access: .signedIn, priority: .critical),
        GatewayRoute([.get], "/api/v1/payments", to: "payments", access: .signedIn, priority: .background),
    ]

    private static let inventory = [
        GatewayRoute([.get], "/api/v1/inventory/{productId}", to: "inventory", access: .anyone),
        GatewayRoute([.put], "/api/v1/inventory/{productId}", to: "inventory", access: .roles([.admin])),
    ]

    private static let shipping = [
        GatewayRoute([.get], "/api/v1/shipments", to: "shipping", access: .signedIn, priority: .background),
        GatewayRoute([.get], "/api/v1/shipments/{id}", to: "shipping", access: .signedIn),
    ]

    private static let notifications = [
        GatewayRoute(
            [.get], "/api/v1/notifications", to: "notifications", access: .signedIn, priority: .background),
        GatewayRoute([.get, .put], "/api/v1/notifications/preferences", to: "notifications", access: .signedIn),
        GatewayRoute([.get], "/api/v1/notifications/{id}/letter", to: "notifications", access: .signedIn),
        GatewayRoute(
            [.get], "/api/v1/notifications/letters", to: "notifications", access: .roles([.admin]),
            priority: .background),
    ]

    private static let own = [GatewayRoute([.get], "/", to: edge, access: .anyone)]
}
