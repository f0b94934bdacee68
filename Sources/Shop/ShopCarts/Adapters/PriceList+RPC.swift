internal import FlotillaCore
internal import FlotillaRPC
internal import ShopContracts
internal import ShopContractsRPC

/// Asks Catalog over gRPC.
struct RPCPriceList: PriceList {
    let catalog: RPCChannel

    func offers(_ ids: [ProductID], _ context: CallContext) async throws -> [ProductID: Offer?] {
        let reply = try await catalog.unary(
            .getProducts, GetProductsRequest { $0.productIds = ids.map(\.text) }, context)
        var offers: [ProductID: Offer?] = [:]
        for product in reply.products {
            let offer = Offer(name: product.name, price: product.price.money, isInStock: product.inStock)
            offers[ProductID(unchecked: product.productID)] = .some(product.found ? offer : nil)
        }
        return offers
    }
}
