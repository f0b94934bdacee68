internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Takes the cart somebody filled as a guest into their own, at sign-in.
///
/// Done once however often it is asked for: the guest's cart remembers who took it in.
struct MergeCarts: Sendable {
    let database: Database
    let world: World
    let store: any CartStore
    let show: ShowCart
    let open: OpenCart

    /// - Throws: `cart-not-found` when there is no such guest's cart, or somebody else took it in.
    func callAsFunction(_ guestID: CartID, into user: UserID, _ context: CallContext) async throws -> PricedCart {
        let newID = open.newID()
        try await database.write { [store, world] transaction in
            guard var guest = try store.find(guestID, in: transaction), guest.owner == nil || guest.owner == user else {
                throw CartError.notFound
            }
            // Merging one's own cart into itself, or the same one again, changes nothing.
            if guest.owner == user || guest.mergedInto == user { return }
            guard guest.mergedInto == nil else { throw CartError.notFound }
            var own = try store.open(.mine(user), newID, in: transaction)
            own.absorb(guest)
            try store.save(own, touchedAt: world.now, in: transaction)
            guest.lines = []
            guest.mergedInto = user
            try store.save(guest, touchedAt: world.now, in: transaction)
        }
        return try await show(.mine(user), context)
    }
}
