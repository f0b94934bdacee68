internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Takes over what somebody counted in the default warehouse; a product not known yet is known from then on.
struct CountStock: Sendable {
    private let database: Database
    private let outbox: Outbox
    private let world: World
    private let events: StockEvents
    private let stock = StockTable()

    init(database: Database, outbox: Outbox, world: World, events: StockEvents) {
        self.database = database
        self.outbox = outbox
        self.world = world
        self.events = events
    }

    private enum Outcome: Sendable {
        case counted(ProductStock)
        case belowReserved(Int)
    }

    /// - Parameter onHand: 0 to ``ProductStock/onHandMax``.
    /// - Throws: `below-reserved` (conflict) when more is kept for orders than was counted.
    func callAsFunction(_ productID: ProductID, onHand: Int, _ context: CallContext) async throws -> ProductStock {
        let outcome = try await database.write { [self] transaction -> Outcome in
            let now = world.now
            let known = try stock.level(of: productID, in: transaction)
            if let known, onHand < known.reserved { return .belowReserved(known.reserved) }
            let counted = ProductStock(productID: productID, onHand: onHand, reserved: known?.reserved ?? 0)
            if known == nil {
                _ = try stock.open(productID, onHand: onHand, at: now, in: transaction)
            } else {
                try stock.setCounted(productID, onHand: onHand, at: now, in: transaction)
            }
            let movement = StockMovement(
                productID: productID, before: known?.available ?? counted.available, after: counted.available)
            try outbox.append(try events.counted(movement), cause: Cause(context), in: transaction)
            return .counted(counted)
        }
        switch outcome {
        case .counted(let stock): return stock
        case .belowReserved(let reserved):
            throw ServiceError(
                .conflict, "below-reserved",
                "\(reserved) pieces of \(productID) are kept for orders; the count must be at least that. "
                    + "Count again, or cancel orders first.")
        }
    }
}
