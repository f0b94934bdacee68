internal import ShopContracts

/// What Shipping has decided about an order. The first decision stays.
enum Booking: Sendable, Hashable {
    /// A carrier takes it, or took it; also when it was cancelled afterwards.
    case shipment(Shipment)
    /// No carrier takes it.
    case refused(reason: String)
    /// The order was given up before anybody asked for a shipment.
    case givenUp
}

/// Why Shipping says no; the texts of `ShippingFailed.reason` and `ShippingCancelRefused.reason`.
enum Refusal: String, Sendable {
    /// The carrier does not deliver to the country, or there is no such country.
    case addressNotServed = "address-not-served"
    /// The shipment was cancelled before, or while, it was asked for.
    case cancelled
    case tooLate = "too-late-to-cancel"
}
