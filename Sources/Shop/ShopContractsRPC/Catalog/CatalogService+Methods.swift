public import FlotillaRPC
public import ShopContracts

/// What Catalog implements to answer the calls of CatalogService; listed in its parts as an ``FlotillaRPC/RPCService``.
public typealias CatalogServing = CatalogService.SimpleServiceProtocol

extension RPCMethod<GetProductsRequest, GetProductsReply> {
    /// What products are called and cost now; from 1 to 100 IDs.
    public static var getProducts: Self { Self(CatalogService.Method.GetProducts.descriptor) }
}
