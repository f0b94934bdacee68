internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
public import FlotillaRuntime
public import FlotillaStorage
internal import ShopContracts

/// Takes and gives back the customers' money, and is the only place that ever sees a card.
///
/// - Owns: cards (sealed), one payment per order, the ledger of every movement of money.
/// - Publishes: `payment-processed`, `payment-failed`, `payment-refunded`, `refund-failed`.
/// - Consumes: the commands `process-payment` and `refund-payment`; `user-erased`, upon which it forgets the cards.
/// - Invariants:
///   - an order is charged once, however often the command comes, with however many cards, whatever answers get lost;
///   - the ledger's lines of an order add up to 0 or to the amount of its payment;
///   - once a refund was asked for, nothing more is charged;
///   - no card number is stored or logged in clear, and a security code is not kept at all.
///
/// Settings: `providerLatency`, how long the sandbox provider takes for an answer (none by default).
public struct PaymentsService: ServiceBlueprint {
    private let makeProvider: @Sendable (ServiceNeeds) throws -> any PaymentProvider

    /// Payments with the sandbox provider, whose test cards decide what happens.
    public init() {
        self.init { needs in
            try SandboxProvider(
                folder: needs.folder, world: needs.world,
                latency: needs.settings.duration("providerLatency", default: .zero), options: needs.database.options)
        }
    }

    init(provider: @escaping @Sendable (ServiceNeeds) throws -> any PaymentProvider) { makeProvider = provider }

    /// What the fleet may know of it.
    public var manifest: ServiceManifest {
        ServiceManifest(
            name: "payments",
            purpose: "Moves customers' money, and keeps card data in one place that can be watched.",
            publishes: [
                PaymentProcessed.messageType, PaymentFailed.messageType, PaymentRefunded.messageType,
                RefundFailed.messageType,
            ],
            consumes: [ProcessPayment.messageType, RefundPayment.messageType, UserErased.messageType],
            activities: [ChargeOrder.activity, RefundOrder.activity])
    }

    /// Payments with their ledger, and cards.
    public var migrations: [MigrationSet] { [PaymentTable.migrations, CardTable.migrations] }

    /// Puts the service together.
    ///
    /// - Throws: when the keys of the card safe or the provider's books cannot be opened.
    public func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        let (payments, cards) = (PaymentTable(), CardTable())
        let safe = try CardSafe(folder: needs.folder, random: needs.world.random)
        let provider = try makeProvider(needs)
        let handlers = PaymentHandlers(
            chargeOrder: ChargeOrder(
                database: needs.database, payments: payments, cards: cards, safe: safe, provider: provider,
                world: needs.world, telemetry: needs.telemetry),
            refundOrder: RefundOrder(
                database: needs.database, payments: payments, provider: provider, world: needs.world,
                telemetry: needs.telemetry),
            cards: cards)
        let activities = Activities(
            needs.governed(handlers.activities), database: needs.database, outbox: needs.outbox, world: needs.world,
            telemetry: needs.telemetry)
        let routes = PaymentRoutes(
            tokenize: TokenizeCard(database: needs.database, cards: cards, safe: safe, world: needs.world),
            list: ListPayments(database: needs.database, payments: payments))
        return ServiceParts(
            routes: routes.routes, handlers: handlers.handlers(activities), activities: activities,
            // Without the provider orders still come in and wait, so the service is only degraded.
            healthChecks: [
                HealthCheck(name: "provider", isCritical: false, succeeding: { try await provider.checkReachable() })
            ])
    }
}
