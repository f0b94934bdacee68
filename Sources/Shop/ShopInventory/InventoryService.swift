internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaRPC
public import FlotillaRuntime
public import FlotillaStorage
internal import ShopContracts

/// Inventory: how much there is of each product, and what of it is kept for which order.
///
/// Owns: `stock` (on hand and reserved, per product and warehouse), `reservations` and their lines,
/// one per order.
///
/// Obeys: `reserve-items`, `commit-items`, `release-items`. Each is done once per order however often
/// it comes: a repeated command is answered with the stored outcome.
///
/// Publishes: `items-reserved`, `reservation-failed`, `items-committed`, `items-released` (replies);
/// `stock-changed` when a product sells out, can be bought again, or was counted (not for each sale,
/// to keep the hot path small); `stock-low` once each time a product falls to the threshold.
///
/// Invariants:
/// - `0 <= reserved <= on_hand` in every row, kept by the schema: nothing is sold twice.
/// - `reserved` of a product is the sum of the lines of orders in state `reserved`.
/// - An order has all of its lines or none, and at most one reservation, ever.
/// - An order that was released keeps nothing, also when its reserve command comes later.
///
/// Settings: `lowStockThreshold` (5 pieces), `reservationAge` (7 days: older reservations whose
/// checkout never ended are released), `orphanInterval` (1 hour between looks for such).
public struct InventoryService: ServiceBlueprint {
    private let openingStock: [OpeningStock]

    /// - Parameter openingStock: what there is of products that have no stock yet when the service starts.
    public init(openingStock: [OpeningStock] = []) { self.openingStock = openingStock }

    /// What the fleet knows of Inventory.
    public var manifest: ServiceManifest {
        ServiceManifest(
            name: "inventory",
            purpose: "Stock is contended by every order and must never be oversold, so one service decides.",
            publishes: [
                ItemsReserved.messageType, ReservationFailed.messageType, ItemsCommitted.messageType,
                ItemsReleased.messageType, StockChanged.messageType, StockLow.messageType,
            ],
            consumes: [ReserveItems.messageType, CommitItems.messageType, ReleaseItems.messageType],
            operations: ["GetStock"], schedules: ["release-orphans": .seconds(3600)])
    }

    /// Inventory's own tables.
    public var migrations: [MigrationSet] { [InventorySchema.migrations] }

    /// Puts the service together and gives products without stock their opening stock.
    public func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        let (world, database, outbox) = (needs.world, needs.database, needs.outbox)
        let threshold = needs.settings.number("lowStockThreshold", default: StockEvents.defaultLowThreshold)
        let events = StockEvents(lowThreshold: threshold)
        let find = FindStock(database: database)
        let count = CountStock(database: database, outbox: outbox, world: world, events: events)
        let releaseOrphans = ReleaseOrphans(
            database: database, outbox: outbox, world: world, release: ReleaseStock(events: events),
            age: needs.settings.duration("reservationAge", default: ReleaseOrphans.defaultAge))

        let seed = SeedStock(database: database, outbox: outbox, world: world, events: events)
        try await seed(openingStock, CallContext.root(world, timeout: .seconds(60)))

        return ServiceParts(
            routes: InventoryRoutes.routes(find: find, count: count),
            rpc: [RPCService(InventoryRPC(find: find))],
            handlers: InventoryHandlers.all(events: events),
            jobs: [
                Job(
                    "release-orphans", every: needs.settings.duration("orphanInterval", default: .seconds(3600))
                ) { context in
                    let released = try await releaseOrphans(context)
                    guard released > 0 else { return }
                    needs.telemetry.log(
                        .warning, "reservations without a checkout were released", context,
                        ["count": String(released)])
                }
            ])
    }
}
