internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Puts so many of a product into a cart, or takes it out.
struct ChangeItems: Sendable {
    let database: Database
    let world: World
    let store: any CartStore
    let show: ShowCart
    let open: OpenCart

    /// Has `quantity` of the product in the cart, at its present price.
    ///
    /// While Catalog is away only lines that are there can change, at the price shown last.
    ///
    /// - Throws: `cart-not-found`, `product-not-found`, `cart-full`, `price-unavailable`.
    func set(
        _ productID: ProductID, quantity: Int, in reference: CartReference, _ context: CallContext
    ) async throws -> PricedCart {
        let known = try await database.read { try store.find(reference, in: $0) }
        if known == nil, case .id = reference { throw CartError.notFound }
        // One question for all lines: the answer shows the whole cart at present prices.
        var ids = known?.lines.map(\.productID) ?? []
        if !ids.contains(productID) { ids.append(productID) }
        let offers = try await show.currentOffers(ids, context)
        let newID = open.newID()
        return try await database.write { [store, world] transaction in
            var cart = try store.open(reference, newID, in: transaction)
            if let offers {
                guard let offer = offers[productID] ?? nil else { throw CartError.unknownProduct }
                try cart.set(productID, quantity: quantity, at: offer)
                cart.refresh(offers)
            } else {
                guard cart.setQuantity(quantity, of: productID) else { throw CartError.noPrice }
            }
            try store.save(cart, touchedAt: world.now, in: transaction)
            return PricedCart(cart: cart, hasCurrentPrices: offers != nil)
        }
    }

    /// Takes the product out; also when it is not in.
    ///
    /// - Throws: `cart-not-found`.
    func remove(
        _ productID: ProductID, from reference: CartReference, _ context: CallContext
    ) async throws -> PricedCart {
        let newID = open.newID()
        try await database.write { [store, world] transaction in
            var cart = try store.open(reference, newID, in: transaction)
            cart.remove(productID)
            try store.save(cart, touchedAt: world.now, in: transaction)
        }
        return try await show(reference, context)
    }
}
