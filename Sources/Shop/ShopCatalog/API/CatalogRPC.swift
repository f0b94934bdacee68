internal import FlotillaCore
internal import FlotillaRPC
internal import ShopContracts
internal import ShopContractsRPC

/// Catalog over gRPC.
struct CatalogRPC: CatalogServing {
    static let productsMax = 100

    let show: ShowProduct

    func getProducts(request: GetProductsRequest, context: RPCServerContext) async throws -> GetProductsReply {
        guard (1...Self.productsMax).contains(request.productIds.count) else {
            throw ServiceError.invalid(
                field: "product_ids", "must have 1 to \(Self.productsMax) elements, not \(request.productIds.count)")
        }
        let products = try await show(request.productIds.map { ProductID(unchecked: $0) })
        return GetProductsReply { reply in
            reply.products = zip(request.productIds, products).map { id, product in
                ProductSummary { summary in
                    summary.productID = id
                    guard let product else { return }
                    summary.found = true
                    summary.name = product.name
                    summary.price = MoneyValue(product.price)
                    summary.inStock = product.isInStock
                    summary.category = product.category
                    summary.image = product.images.first ?? ""
                }
            }
        }
    }
}
