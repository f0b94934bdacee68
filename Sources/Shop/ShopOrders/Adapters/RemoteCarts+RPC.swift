internal import FlotillaCore
internal import FlotillaRPC
internal import ShopContracts
internal import ShopContractsRPC

/// Asks Carts over gRPC.
struct RemoteCarts: CartContents {
    let channel: RPCChannel

    func lines(
        of cart: CartID, for user: UserID, _ context: CallContext
    ) async throws -> (id: CartID, lines: [RequestedLine]) {
        let reply = try await channel.unary(
            .getCart,
            GetCartRequest {
                $0.cartID = cart.text
                $0.userID = user.text
            }, context)
        let lines = reply.lines.map {
            RequestedLine(productID: ProductID(unchecked: $0.productID), quantity: Int($0.quantity))
        }
        return (CartID(unchecked: reply.cartID), lines)
    }
}
