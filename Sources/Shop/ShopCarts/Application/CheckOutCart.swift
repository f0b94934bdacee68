internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Takes what was ordered out of the cart it was ordered from.
struct CheckOutCart: Sendable {
    let store: any CartStore

    /// - Returns: `cart-checked-out`; nothing when the order came from no cart, or from one that is gone.
    func callAsFunction(_ order: OrderCreated, in transaction: Transaction) throws -> [Outgoing] {
        guard let id = CartID(order.cartID), let user = UserID(order.userID),
            let reference = CartReference(id, asker: user),
            var cart = try store.find(reference, in: transaction)
        else { return [] }
        cart.takeOut(order.lines.map(\.itemQuantity))
        try store.save(cart, touchedAt: nil, in: transaction)
        let event = CartCheckedOut {
            $0.cartID = cart.id.text
            $0.userID = cart.owner?.text ?? ""
            $0.orderID = order.orderID
            $0.lines = order.lines
        }
        return [try Outgoing(event, subject: cart.id.text)]
    }
}
