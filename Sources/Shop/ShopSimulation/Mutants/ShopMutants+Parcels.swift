internal import FlotillaMessaging
internal import FlotillaSimulation
internal import FlotillaStorage

/// Parcels: on their way, or kept back.
extension ShopMutants {
    static let parcels: [Mutant] = [
        Mutant(
            "forget-cancel-shipping", "Shipping answers that a parcel was kept back; it goes out.",
            service: Mutant.onlyAnswering("shop.shipping.cancel-shipping.v1", in: "shipping")),
        Mutant(
            "cancel-dispatched", "Shipping keeps back parcels that are on their way already.",
            service: Mutant.handling("shop.shipping.cancel-shipping.v1", in: "shipping") {
                transaction, delivery, cancel in
                try transaction.execute(
                    "UPDATE bookings SET status = 'scheduled' WHERE order_id = ?1 AND status = 'dispatched'",
                    delivery.subject)
                return try cancel(transaction, delivery)
            }),
    ]
}
