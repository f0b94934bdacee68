internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage
internal import ShopContracts

/// Gives products their first stock. A product that has a row keeps it, so seeding again changes nothing.
struct SeedStock: Sendable {
    private static let productsAtOnce = 500

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

    /// - Returns: how many products were new.
    @discardableResult
    func callAsFunction(_ levels: [OpeningStock], _ context: CallContext) async throws -> Int {
        var count = 0
        for start in stride(from: 0, to: levels.count, by: Self.productsAtOnce) {
            let part = Array(levels[start..<min(levels.count, start + Self.productsAtOnce)])
            count += try await database.write { [self] transaction in
                var opened = 0
                for level in part {
                    let isNew = try stock.open(
                        level.productID, onHand: level.onHand, at: world.now, in: transaction)
                    guard isNew else { continue }
                    opened += 1
                    let movement = StockMovement(
                        productID: level.productID, before: level.onHand, after: level.onHand)
                    try outbox.append(try events.counted(movement), cause: Cause(context), in: transaction)
                }
                return opened
            }
        }
        return count
    }
}
