internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaRPC
public import FlotillaRuntime
public import FlotillaStorage
internal import ShopContracts

/// Catalog: what can be bought, what it is called and costs, and how it is found.
///
/// Owns: `products`, the index of their words, and `stock_badges` (whether a product can be bought, as
/// Inventory said last).
///
/// Publishes: `product-created`, `product-updated`, `price-changed`.
///
/// Consumes: `stock-changed`, which sets the badge `inStock`; of products not in the catalog yet as well.
///
/// Answers over gRPC: `CatalogService.GetProducts`, for whoever has to name a price.
///
/// Invariants:
/// - A price is never negative, and every change of it is published in the transaction that makes it.
/// - What can be read can be found: the index changes in the product's own transaction.
/// - Without the index of words there are still lists by category, price and so on.
/// - Pages of one query neither repeat nor skip a product that stays as it is.
public struct CatalogService: ServiceBlueprint {
    private let products: [DemoProduct]

    /// - Parameter products: put into the catalog when the service starts, as far as they are not there.
    public init(products: [DemoProduct] = []) { self.products = products }

    /// What the fleet knows of Catalog.
    public var manifest: ServiceManifest {
        ServiceManifest(
            name: "catalog",
            purpose: "Browsing is most of the load and tolerates stale answers, so it scales apart from selling.",
            publishes: [ProductCreated.messageType, ProductUpdated.messageType, PriceChanged.messageType],
            consumes: [StockChanged.messageType], operations: ["GetProducts"])
    }

    /// Catalog's own tables.
    public var migrations: [MigrationSet] { [CatalogSchema.migrations, CatalogSchema.searchMigrations] }

    /// Puts the service together and adds the products it was given.
    public func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        let database = needs.database
        let store = SQLProductStore()
        let search = SQLiteProductSearch()
        let show = ShowProduct(database: database, store: store)
        let put = PutProduct(
            database: database, outbox: needs.outbox, world: needs.world, store: store, search: search)
        try await SeedProducts(put: put)(products.map(\.product), .root(needs.world, timeout: .seconds(60)))

        let routes = CatalogRoutes(
            find: FindProducts(database: database, search: search, telemetry: needs.telemetry), show: show,
            suggest: SuggestProducts(database: database, search: search, telemetry: needs.telemetry), put: put)
        return ServiceParts(
            routes: routes.routes(), rpc: [RPCService(CatalogRPC(show: show))],
            handlers: CatalogHandlers.all(store: store))
    }
}
