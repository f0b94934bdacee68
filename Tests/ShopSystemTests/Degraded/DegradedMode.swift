/// What is different while one service is away: the answers that change, and where orders wait.
///
/// `old`: an answer of before, with its age. `known-prices`: the prices shown last. `without-…`: parts that are
/// missing. Reviews and recommendations do not exist yet; the search index is a part of Catalog.
struct DegradedMode: Sendable {
    let service: String
    /// The status in which accepted orders wait for the service; nil: they do not wait for it.
    let ordersWait: String?
    let changed: [ShopProbe: String]

    static let all = [
        // Without prices nothing new is sold; what was shown is shown on, and carts go on with what they know.
        DegradedMode(
            service: "catalog", ordersWait: nil,
            changed: [
                .list: "200 old", .search: "503 unavailable", .page: "200 old", .newPage: "503 unavailable",
                .cart: "200 known-prices", .cartLine: "200 known-prices", .newCartLine: "503 price-unavailable",
                .order: "503 unavailable", .orderOfCart: "503 unavailable", .oldOrderDetails: "200 without-products",
                .ready: "503 unhealthy",
            ]),
        // Whoever says what they want can order it.
        DegradedMode(
            service: "carts", ordersWait: "completed",
            changed: [
                .cart: "503 unavailable", .cartLine: "503 unavailable", .newCartLine: "503 unavailable",
                .orderOfCart: "503 unavailable", .ready: "200 degraded",
            ]),
        // Badges are what Inventory said last.
        DegradedMode(
            service: "inventory", ordersWait: "created", changed: [.stock: "503 unavailable", .ready: "200 degraded"]),
        DegradedMode(
            service: "payments", ordersWait: "awaitingPayment",
            changed: [
                .payments: "503 unavailable", .card: "503 unavailable", .oldOrderDetails: "200 without-payment",
                .ready: "200 degraded",
            ]),
        DegradedMode(
            service: "shipping", ordersWait: "paid",
            changed: [
                .shipments: "503 unavailable", .oldOrderDetails: "200 without-shipment", .ready: "200 degraded",
            ]),
        // Nothing waits for letters, and they are written later.
        DegradedMode(
            service: "notifications", ordersWait: "completed",
            changed: [.notifications: "503 unavailable", .ready: "200 degraded"]),
        // Tokens are checked with keys that every service keeps: who is signed in stays so.
        DegradedMode(
            service: "users", ordersWait: "completed",
            changed: [
                .profile: "503 unavailable", .signIn: "503 unavailable", .oldOrderDetails: "200 without-user",
                .ready: "200 degraded",
            ]),
        DegradedMode(
            service: "orders", ordersWait: nil,
            changed: [
                .order: "503 unavailable", .orderOfCart: "503 unavailable", .oldOrder: "503 unavailable",
                .oldOrderDetails: "503 unavailable", .ready: "503 unhealthy",
            ]),
    ]
}
