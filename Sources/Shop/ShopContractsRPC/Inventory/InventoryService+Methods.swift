public import FlotillaRPC
public import ShopContracts

/// What Inventory implements to answer the calls of InventoryService; listed in its parts as an
/// ``FlotillaRPC/RPCService``.
public typealias InventoryServing = InventoryService.SimpleServiceProtocol

extension RPCMethod<GetStockRequest, GetStockReply> {
    /// How many of each product can be sold; from 1 to 100 IDs.
    public static var getStock: Self { Self(InventoryService.Method.GetStock.descriptor) }
}
