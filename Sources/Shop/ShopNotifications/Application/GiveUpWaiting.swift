internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaStorage

/// Gives up letters that have waited too long for an address; one whose address is known after all is sent.
struct GiveUpWaiting: Sendable {
    static let defaultWait = Duration.seconds(7 * 24 * 3600)
    private static let lettersAtOnce = 100
    private static let batchesMax = 50

    private let database: Database
    private let outbox: Outbox
    private let send: SendLetter
    private let world: World
    private let wait: Duration
    private let notifications = NotificationTable()

    init(database: Database, outbox: Outbox, send: SendLetter, world: World, wait: Duration = Self.defaultWait) {
        self.database = database
        self.outbox = outbox
        self.send = send
        self.world = world
        self.wait = wait
    }

    /// - Returns: how many wait no more; at most 5,000 a run, the rest is for the next.
    @discardableResult
    func callAsFunction(_ context: CallContext) async throws -> Int {
        let now = world.now
        var count = 0
        for _ in 0..<Self.batchesMax {
            let settled = try await database.write { [self] transaction in
                let overdue = try notifications.waiting(
                    since: now - wait, limit: Self.lettersAtOnce, in: transaction)
                let events = try overdue.flatMap { try send.waiting($0, at: now, in: transaction) }
                try outbox.append(events, cause: Cause(context), in: transaction)
                return overdue.count
            }
            count += settled
            if settled < Self.lettersAtOnce { break }
        }
        return count
    }
}
