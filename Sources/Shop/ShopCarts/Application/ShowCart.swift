internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaStorage
internal import ShopContracts

/// A cart at the present prices, as far as they can be found out.
struct PricedCart: Sendable {
    var cart: Cart
    /// False while Catalog is away: then the prices are those shown last.
    var hasCurrentPrices: Bool
}

/// Shows a cart, and asks Catalog what its products cost now.
struct ShowCart: Sendable {
    let database: Database
    let store: any CartStore
    let prices: any PriceList
    let open: OpenCart
    let telemetry: Telemetry

    /// - Throws: `cart-not-found`.
    func callAsFunction(_ reference: CartReference, _ context: CallContext) async throws -> PricedCart {
        let cart: Cart
        if let found = try await database.read({ try store.find(reference, in: $0) }) {
            cart = found
        } else {
            guard case .mine(let user) = reference else { throw CartError.notFound }
            cart = try await open(for: user).cart
        }
        guard !cart.lines.isEmpty else { return PricedCart(cart: cart, hasCurrentPrices: true) }
        guard let offers = try await currentOffers(cart.lines.map(\.productID), context) else {
            return PricedCart(cart: cart, hasCurrentPrices: false)
        }
        var refreshed = cart
        refreshed.refresh(offers)
        if refreshed != cart { try await keep(offers, for: cart.id) }
        return PricedCart(cart: refreshed, hasCurrentPrices: true)
    }

    /// What products are offered at now.
    ///
    /// - Returns: nil when that cannot be found out; carts then go on with the last known prices.
    func currentOffers(_ ids: [ProductID], _ context: CallContext) async throws -> [ProductID: Offer?]? {
        do {
            return try await prices.offers(ids, context)
        } catch let error as any DescribedError {
            telemetry.log(.warning, "prices cannot be refreshed; the last known ones are shown", context, error: error)
            return nil
        }
    }

    /// Prices read now are the last known ones later. The cart may have changed meanwhile, so it is read again.
    private func keep(_ offers: [ProductID: Offer?], for id: CartID) async throws {
        try await database.write { [store] transaction in
            guard var cart = try store.find(id, in: transaction) else { return }
            cart.refresh(offers)
            try store.save(cart, touchedAt: nil, in: transaction)
        }
    }
}
