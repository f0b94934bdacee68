internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaRPC
public import FlotillaRuntime
public import FlotillaStorage
internal import ShopContracts

/// Carts: what customers and guests mean to buy.
///
/// Owns: `carts` and their lines, with name and price as they were shown last.
///
/// Publishes: `cart-checked-out` when an order was made of a cart, `cart-expired` when one with something
/// in it was removed because nobody touched it.
///
/// Consumes: `order-created`, which takes what was ordered out of the cart.
///
/// Calls: Catalog for names and prices; while it is away carts show the last known ones.
///
/// Answers over gRPC: `CartService.GetCart`.
///
/// Invariants:
/// - A user has at most one cart; a guest's cart is opened by its ID alone, 128 random bits.
/// - At most 50 lines of 1 to 99 pieces, one line per product, all in one currency.
/// - A guest's cart is taken into at most one user's cart, once.
///
/// Settings: `expiryAge` (30 days without a change), `expiryInterval` (10 minutes between looks).
public struct CartsService: ServiceBlueprint {
    /// The service; it has nothing to be set up with.
    public init() {}

    /// What the fleet knows of Carts.
    public var manifest: ServiceManifest {
        ServiceManifest(
            name: "carts",
            purpose: "Carts change all the time and may be lost without harm, so they stay out of orders' way.",
            publishes: [CartCheckedOut.messageType, CartExpired.messageType],
            consumes: [OrderCreated.messageType], calls: ["catalog"], operations: ["GetCart"],
            schedules: ["expire-carts": .seconds(600)])
    }

    /// Carts' own tables.
    public var migrations: [MigrationSet] { [CartsSchema.migrations] }

    /// Puts the service together.
    public func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        let (database, world, telemetry) = (needs.database, needs.world, needs.telemetry)
        let store = SQLCartStore()
        let open = OpenCart(database: database, world: world, store: store)
        let show = ShowCart(
            database: database, store: store, prices: RPCPriceList(catalog: needs.channel(to: "catalog")), open: open,
            telemetry: telemetry)
        let expire = ExpireCarts(
            database: database, outbox: needs.outbox, world: world, store: store,
            age: needs.settings.duration("expiryAge", default: ExpireCarts.defaultAge))
        let routes = CartRoutes(
            open: open, show: show,
            change: ChangeItems(database: database, world: world, store: store, show: show, open: open),
            discard: DiscardCart(database: database, store: store),
            merge: MergeCarts(database: database, world: world, store: store, show: show, open: open))
        return ServiceParts(
            routes: routes.routes(), rpc: [RPCService(CartRPC(show: show))],
            handlers: CartsHandlers.all(checkOut: CheckOutCart(store: store)),
            jobs: [
                Job(
                    "expire-carts", every: needs.settings.duration("expiryInterval", default: .seconds(600))
                ) { context in
                    let count = try await expire(context)
                    guard count > 0 else { return }
                    telemetry.log(.info, "carts expired", context, ["count": String(count)])
                }
            ])
    }
}
