internal import FlotillaCore
internal import FlotillaEventSourcing
internal import FlotillaMessaging
public import FlotillaRuntime
internal import FlotillaSagas
public import FlotillaStorage
internal import ShopContracts

/// Orders: accepts them, sees them through and remembers everything that happened to them.
///
/// - Owns: orders (as event streams), idempotency keys of orders, checkout and cancellation sagas.
/// - Publishes: order-created, order-confirmed, order-completed, order-cancelled, order-refunded; the
///   commands of its sagas to Inventory, Payments and Shipping.
/// - Consumes: their answers, and shipment-dispatched.
/// - Calls: Catalog (prices), Carts (contents), before anything is written.
/// - Invariants: an accepted order ends completed, cancelled or refunded; one key makes one order; the failure of a
///   card that was replaced ends none;
///   an order is completed only when it is paid and its shipment is scheduled.
public struct OrdersService: ServiceBlueprint {
    public init() {}

    public let manifest = ServiceManifest(
        name: "orders", purpose: "Accepts orders and sees them through to completed or taken back",
        publishes: [
            OrderCreated.messageType, OrderConfirmed.messageType, OrderCompleted.messageType,
            OrderCancelled.messageType, OrderRefunded.messageType,
            ReserveItems.messageType, ReleaseItems.messageType, CommitItems.messageType,
            ProcessPayment.messageType, RefundPayment.messageType,
            ScheduleShipping.messageType, CancelShipping.messageType,
        ],
        consumes: [
            ItemsReserved.messageType, ReservationFailed.messageType, ItemsReleased.messageType,
            PaymentProcessed.messageType, PaymentFailed.messageType, PaymentRefunded.messageType,
            RefundFailed.messageType, ShippingScheduled.messageType, ShippingFailed.messageType,
            ShippingCancelled.messageType, ShippingCancelRefused.messageType, ShipmentDispatched.messageType,
        ],
        calls: ["catalog", "carts"], schedules: ["forget-keys": .seconds(3600)])

    public var migrations: [MigrationSet] { [EventStore.migrations, OrderStore.migrations, SagaEngine.migrations] }

    public func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        // Whoever watches an order here hears of it also when another replica commits its changes.
        let watchers = needs.database.shared { OrderWatchers() }
        let store = OrderStore(watchers: watchers)
        let checkout = try CheckoutSaga(store: store).definition()
        let cancellation = try CancellationSaga(store: store).definition()
        let sagas = SagaEngine(
            database: needs.database, outbox: needs.outbox, world: needs.world, telemetry: needs.telemetry
        ).adding(checkout).adding(cancellation)
        let routes = OrderRoutes(
            store: store, database: needs.database, watchers: watchers,
            placeOrder: PlaceOrder(
                store: store, database: needs.database, sagas: sagas, checkout: checkout,
                prices: CatalogPrices(channel: needs.channel(to: "catalog")),
                carts: RemoteCarts(channel: needs.channel(to: "carts")), world: needs.world),
            requestCancellation: RequestCancellation(
                store: store, database: needs.database, sagas: sagas, cancellation: cancellation, world: needs.world),
            replacePaymentToken: ReplacePaymentToken(
                store: store, database: needs.database, sagas: sagas, checkout: checkout, world: needs.world),
            world: needs.world)
        let noteDispatch = NoteDispatch(store: store)
        return ServiceParts(
            routes: routes.make(),
            handlers: [
                MessageHandler(ShipmentDispatched.self) { transaction, event, delivery in
                    try noteDispatch(
                        OrderID(unchecked: event.orderID), at: delivery.now, cause: delivery.message.correlationID,
                        in: transaction)
                    return []
                }
            ],
            sagas: sagas, jobs: [forgetKeys(store, needs)])
    }

    private func forgetKeys(_ store: OrderStore, _ needs: ServiceNeeds) -> Job {
        let (database, world) = (needs.database, needs.world)
        return Job("forget-keys", every: .seconds(3600)) { _ in
            let moment = world.now - OrderStore.keyLifetime
            try await database.write { try store.forgetKeys(before: moment, in: $0) }
        }
    }
}
