public import FlotillaRPC
public import ShopContracts

/// What Carts implements to answer the calls of CartService; listed in its parts as an ``FlotillaRPC/RPCService``.
public typealias CartServing = CartService.SimpleServiceProtocol

extension RPCMethod<GetCartRequest, CartSnapshot> {
    /// What is in a cart, with the present prices.
    public static var getCart: Self { Self(CartService.Method.GetCart.descriptor) }
}
