internal import FlotillaCore
internal import FlotillaMessaging
public import FlotillaRuntime
public import FlotillaStorage
internal import ShopContracts

/// Shipping: brings what was bought to the customer, with a carrier.
///
/// Owns: `bookings`, what was decided per order, with its parcel if a carrier takes it;
/// `shipment_events`, what happened to each parcel. The address goes to the carrier and is not kept.
///
/// Obeys: `schedule-shipping`, `cancel-shipping`. Each is done once per order however often it comes:
/// a repeated command is answered with the stored outcome.
///
/// Publishes: `shipping-scheduled`, `shipping-failed`, `shipping-cancelled`, `shipping-cancel-refused`
/// (replies); `shipment-dispatched`, `shipment-delivered`. To itself it sends `dispatch-due` and
/// `delivery-due`, at the times the demo carrier fetches and delivers.
///
/// Invariants:
/// - At most one parcel per order, ever.
/// - A parcel is cancelled or dispatched, never both: both happen in the database, one after the other.
/// - An order that was cancelled gets no parcel, also when its schedule command comes later.
///
/// Settings: `dispatchDelay`, from booking to dispatch, the time in which an order can still be
/// cancelled: 10 minutes, for the demo (a real carrier would come the next day); `deliveryDelay`,
/// from dispatch to delivery: 20 minutes.
public struct ShippingService: ServiceBlueprint {
    static let defaultDispatchDelay = Duration.seconds(600)
    static let defaultDeliveryDelay = Duration.seconds(1200)

    /// Shipping with the demo carrier.
    public init() {}

    /// What the fleet knows of Shipping.
    public var manifest: ServiceManifest {
        ServiceManifest(
            name: "shipping",
            purpose: "Carriers are slow and foreign; parcels live for days after the order is paid.",
            publishes: [
                ShippingScheduled.messageType, ShippingFailed.messageType, ShippingCancelled.messageType,
                ShippingCancelRefused.messageType, ShipmentDispatched.messageType, ShipmentDelivered.messageType,
                DispatchDue.messageType, DeliveryDue.messageType,
            ],
            consumes: [
                ScheduleShipping.messageType, CancelShipping.messageType, DispatchDue.messageType,
                DeliveryDue.messageType,
            ])
    }

    /// Shipping's own tables.
    public var migrations: [MigrationSet] { [ShippingSchema.migrations] }

    /// Puts the service together.
    public func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        let dispatchDelay = needs.settings.duration("dispatchDelay", default: Self.defaultDispatchDelay)
        let deliveryDelay = needs.settings.duration("deliveryDelay", default: Self.defaultDeliveryDelay)
        return ServiceParts(
            routes: ShippingRoutes.routes(find: FindShipment(database: needs.database)),
            handlers: ShippingHandlers.all(
                schedule: ScheduleParcel(world: needs.world, outbox: needs.outbox, dispatchDelay: dispatchDelay),
                cancel: CancelParcel(outbox: needs.outbox),
                dispatch: DispatchParcel(outbox: needs.outbox, deliveryDelay: deliveryDelay),
                deliver: DeliverParcel()))
    }
}
