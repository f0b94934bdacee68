internal import FlotillaMessaging
internal import ShopContracts

/// What Carts does about messages.
enum CartsHandlers {
    static func all(checkOut: CheckOutCart) -> [MessageHandler] {
        [MessageHandler(OrderCreated.self) { transaction, order, _ in try checkOut(order, in: transaction) }]
    }
}
