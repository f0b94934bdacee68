internal import FlotillaCore
internal import FlotillaRPC
internal import ShopContracts
internal import ShopContractsRPC

/// Asks Catalog over gRPC.
struct CatalogPrices: ProductPrices {
    let channel: RPCChannel

    func prices(of ids: [ProductID], _ context: CallContext) async throws -> [ProductID: PricedProduct] {
        let reply = try await channel.unary(
            .getProducts, GetProductsRequest { $0.productIds = ids.map(\.text) }, context)
        var prices: [ProductID: PricedProduct] = [:]
        for product in reply.products where product.found {
            prices[ProductID(unchecked: product.productID)] = PricedProduct(
                name: product.name, price: product.price.money)
        }
        return prices
    }
}
