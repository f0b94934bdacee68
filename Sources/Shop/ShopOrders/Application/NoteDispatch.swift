internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// The carrier has the parcel: from now on the order cannot be cancelled.
struct NoteDispatch: Sendable {
    let store: OrderStore

    func callAsFunction(
        _ id: OrderID, at now: Timestamp, cause: String, in transaction: Transaction
    ) throws {
        guard let order = try store.order(id, in: transaction), order.dispatchedAt == nil else { return }
        try store.record(.dispatched, of: id, at: now, cause: cause, actor: "shipping", in: transaction)
    }
}
