internal import FlotillaCore
internal import FlotillaRPC
internal import ShopContracts
internal import ShopContractsRPC

/// Carts over gRPC.
struct CartRPC: CartServing {
    let show: ShowCart

    func getCart(request: GetCartRequest, context: RPCServerContext) async throws -> CartSnapshot {
        let asker = try asker(request, context.call.principal)
        guard let id = CartID(request.cartID), let reference = CartReference(id, asker: asker) else {
            throw CartError.notFound
        }
        let cart = try await show(reference, context.call).cart
        return CartSnapshot {
            $0.cartID = cart.id.text
            $0.userID = cart.owner?.text ?? ""
            $0.lines = cart.lines.map(PricedItem.init)
            $0.subtotal = MoneyValue(cart.subtotal)
        }
    }

    /// For whom a service asks. When it brings a user's token along, that user it must be.
    private func asker(_ request: GetCartRequest, _ principal: Principal?) throws -> UserID? {
        guard !request.userID.isEmpty else { return nil }
        guard let user = UserID(request.userID) else { throw CartError.notFound }
        if let principal, principal.role != .service, principal.id != user.text { throw CartError.notFound }
        return user
    }
}
