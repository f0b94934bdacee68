internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Gives somebody a cart: a guest a new one, a signed-in user their own.
struct OpenCart: Sendable {
    let database: Database
    let world: World
    let store: any CartStore

    /// - Returns: the cart, and whether it is new.
    func callAsFunction(for user: UserID?) async throws -> (cart: Cart, isNew: Bool) {
        let id = newID()
        return try await database.write { [store, world] transaction in
            if let user, let own = try store.find(ownedBy: user, in: transaction) { return (own, false) }
            let cart = Cart(id: id, owner: user)
            try store.save(cart, touchedAt: world.now, in: transaction)
            return (cart, true)
        }
    }

    /// 128 random bits: a guest's cart is opened by whoever knows its ID, so nobody may guess it.
    func newID() -> CartID {
        let digits = Array("0123456789abcdef".utf8)
        let text = world.random.bytes(16).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return CartID(unchecked: "cart-" + String(decoding: text, as: UTF8.self))
    }
}
