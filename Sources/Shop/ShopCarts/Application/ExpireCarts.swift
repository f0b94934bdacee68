internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Removes carts nobody has touched for long, and says so of those that had something in them.
struct ExpireCarts: Sendable {
    static let defaultAge = Duration.seconds(30 * 86_400)
    /// At most so many transactions a run, so that no run takes for ever; the next one goes on.
    private static let batchesMax = 100
    private static let cartsAtOnce = 100

    let database: Database
    let outbox: Outbox
    let world: World
    let store: any CartStore
    let age: Duration

    /// - Returns: how many carts were removed.
    func callAsFunction(_ context: CallContext) async throws -> Int {
        let cutoff = world.now - age
        var count = 0
        for _ in 0..<Self.batchesMax {
            let removed = try await database.write { [self] transaction in
                let carts = try store.untouched(since: cutoff, limit: Self.cartsAtOnce, in: transaction)
                for cart in carts {
                    try store.delete(cart.id, in: transaction)
                    guard !cart.lines.isEmpty else { continue }
                    let event = try Outgoing(CartExpired(cart), subject: cart.id.text)
                    try outbox.append([event], cause: Cause(context), in: transaction)
                }
                return carts.count
            }
            count += removed
            if removed < Self.cartsAtOnce { break }
        }
        return count
    }
}

extension CartExpired {
    fileprivate init(_ cart: Cart) {
        self.init {
            $0.cartID = cart.id.text
            $0.userID = cart.owner?.text ?? ""
            $0.lines = cart.lines.map(PricedItem.init)
        }
    }
}

extension PricedItem {
    /// A line as it travels in messages.
    init(_ line: Cart.Line) {
        self.init(
            productID: line.productID.text, name: line.name, quantity: line.quantity, unitPrice: line.unitPrice)
    }
}
