internal import FlotillaCore
internal import FlotillaRPC
internal import ShopContracts
internal import ShopContractsRPC

/// Inventory over gRPC.
struct InventoryRPC: InventoryServing {
    static let productsMax = 100

    let find: FindStock

    func getStock(request: GetStockRequest, context: RPCServerContext) async throws -> GetStockReply {
        guard (1...Self.productsMax).contains(request.productIds.count) else {
            throw ServiceError.invalid(
                field: "product_ids",
                "must have 1 to \(Self.productsMax) elements, not \(request.productIds.count)")
        }
        let found = try await find(request.productIds.map { ProductID(unchecked: $0) })
        return GetStockReply { reply in
            reply.levels = zip(request.productIds, found).map { productID, stock in
                StockLevel {
                    $0.productID = productID
                    $0.found = stock != nil
                    $0.available = Int64(stock?.available ?? 0)
                    $0.reserved = Int64(stock?.reserved ?? 0)
                }
            }
        }
    }
}
