internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage

/// Gives up letters that have waited too long for an address.
struct GiveUpWaiting: Sendable {
    static let defaultWait = Duration.seconds(7 * 24 * 3600)
    private static let lettersAtOnce = 100
    private static let batchesMax = 50

    private let database: Database
    private let outbox: Outbox
    private let world: World
    private let wait: Duration
    private let notifications = NotificationTable()

    init(database: Database, outbox: Outbox, world: World, wait: Duration = Self.defaultWait) {
        self.database = database
        self.outbox = outbox
        self.world = world
        self.wait = wait
    }

    /// - Returns: how many were given up; at most 5,000 a run, the rest is for the next.
    @discardableResult
    func callAsFunction(_ context: CallContext) async throws -> Int {
        let before = world.now - wait
        var count = 0
        for _ in 0..<Self.batchesMax {
            let given = try await database.write { [self] transaction in
                let overdue = try notifications.waiting(since: before, limit: Self.lettersAtOnce, in: transaction)
                for id in overdue {
                    guard let notice = try notifications.notice(of: id, in: transaction),
                        try notifications.settle(id, from: .waiting, to: .failed, reason: "no-address", in: transaction)
                    else { continue }
                    let event = try NotificationEvents.failed(id, .email, notice, reason: "no-address")
                    try outbox.append([event], cause: Cause(context), in: transaction)
                }
                return overdue.count
            }
            count += given
            if given < Self.lettersAtOnce { break }
        }
        return count
    }
}
