internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage

/// Releases items that have been kept so long that their checkout cannot be under way any more.
///
/// A reservation lives as long as its saga, which waits hours for a payment; the age is days, so
/// this only finds what was left behind by a saga that was lost.
struct ReleaseOrphans: Sendable {
    static let defaultAge = Duration.seconds(7 * 24 * 3600)
    private static let ordersAtOnce = 100
    private static let batchesMax = 50

    private let database: Database
    private let outbox: Outbox
    private let world: World
    private let release: ReleaseStock
    private let age: Duration
    private let reservations = ReservationTable()

    init(database: Database, outbox: Outbox, world: World, release: ReleaseStock, age: Duration = Self.defaultAge) {
        self.database = database
        self.outbox = outbox
        self.world = world
        self.release = release
        self.age = age
    }

    /// - Returns: how many reservations were released; at most 5,000 a run, the rest is for the next.
    @discardableResult
    func callAsFunction(_ context: CallContext) async throws -> Int {
        let now = world.now
        var count = 0
        for _ in 0..<Self.batchesMax {
            let orders = try await database.read { transaction in
                try reservations.orphans(before: now - age, limit: Self.ordersAtOnce, in: transaction)
            }
            guard !orders.isEmpty else { break }
            try await database.write { [self] transaction in
                for orderID in orders {
                    let messages = try release.orphan(orderID, at: now, in: transaction)
                    try outbox.append(messages, cause: Cause(context), in: transaction)
                }
            }
            count += orders.count
        }
        return count
    }
}
