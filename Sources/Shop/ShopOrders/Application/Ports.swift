internal import FlotillaCore
internal import ShopContracts

/// What Orders asks Catalog.
protocol ProductPrices: Sendable {
    /// Name and price of each product that exists, by ID.
    func prices(of ids: [ProductID], _ context: CallContext) async throws -> [ProductID: PricedProduct]
}

/// What Orders asks Carts.
protocol CartContents: Sendable {
    /// The cart's ID and what is in it.
    ///
    /// - Parameter cart: `mine` for the user's own.
    func lines(
        of cart: CartID, for user: UserID, _ context: CallContext
    ) async throws -> (id: CartID, lines: [RequestedLine])
}

/// A product as Catalog names and prices it now.
struct PricedProduct: Sendable {
    var name: String
    var price: Money
}

/// So many of one product, not priced yet.
struct RequestedLine: Sendable, Equatable {
    var productID: ProductID
    /// 1 to 99.
    var quantity: Int
}
