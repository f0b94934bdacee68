public import FlotillaCore
public import FlotillaObservability
public import FlotillaStorage
internal import Synchronization

/// Runs a service's activities: durable to ask for, bounded at work, tried again until they end.
///
/// Where replicas share the database, each row is claimed by the replica that asked for it. The claim is the token of
/// the replica's presence (``LeaseTable/presence``); rows whose claimant is not present any more are taken over by
/// another, and what the former one still finishes is not committed, since the row is not its own.
public final class Activities: CommitParticipant {
    public static let migrations = MigrationSet(
        "activities",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE activities (
                    position {identity}, name TEXT NOT NULL, id TEXT NOT NULL, subject TEXT NOT NULL,
                    input {blob} NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL, error TEXT NOT NULL,
                    traceparent TEXT NOT NULL, correlation TEXT NOT NULL, cause TEXT NOT NULL, saga TEXT NOT NULL,
                    UNIQUE (name, id))
                """),
            .init("claim", "ALTER TABLE activities ADD COLUMN claim INTEGER NOT NULL DEFAULT 0"),
        ])

    let lanes: [String: ActivityLane]
    let database: Database
    let outbox: Outbox
    let world: World
    let telemetry: Telemetry
    /// Asked for in transactions that are not durable yet.
    private let pending = Mutex<[ActivityTask]>([])
    let tableChanged = Signal()

    private static let insert: SQL = """
        INSERT INTO activities
            (name, id, subject, input, attempts, due, error, traceparent, correlation, cause, saga, claim)
        VALUES (?1, ?2, ?3, ?4, 0, ?5, '', ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT (name, id) DO NOTHING
        """
    private static let count: SQL = "SELECT COUNT(*) FROM activities"

    /// - Parameter database: has to have been opened with ``migrations``.
    public init(
        _ activities: [Activity], database: Database, outbox: Outbox, world: World, telemetry: Telemetry
    ) {
        lanes = Dictionary(uniqueKeysWithValues: activities.map { ($0.name, ActivityLane($0)) })
        self.database = database
        self.outbox = outbox
        self.world = world
        self.telemetry = telemetry
        database.add(self)
    }

    /// Asks for an activity, in the transaction that decides on it. Asking twice for one `id` is asking once.
    public func start(
        _ name: String, id: String, subject: String, input: some MessagePayload, cause: Cause,
        in transaction: Transaction
    ) throws {
        precondition(lanes[name] != nil, "the service has no activity \(name)")
        let bytes = try input.messageBytes()
        let inserted = try transaction.execute(
            Self.insert, name, id, subject, bytes, world.now, cause.traceparent, cause.correlationID,
            cause.causationID, cause.saga, database.claim)
        guard inserted > 0 else { return }
        let task = ActivityTask(
            id: id, subject: subject, input: bytes, attempt: 1, position: transaction.lastInsertedID, name: name,
            cause: cause)
        pending.withLock { $0.append(task) }
    }

    /// How many activities are not done yet.
    public func openCount() async throws -> Int {
        try await database.read { try $0.first(Self.count) { $0.int(0) } ?? 0 }
    }

    /// Goes by other policies from the next try on, by an activity's name; nil: by its own. Tries under way end by what
    /// they began with, and what waits keeps the time it was given.
    public func adopt(_ policy: (String) -> ActivityPolicy?) {
        for (name, lane) in lanes.sorted(by: { $0.key < $1.key }) { lane.adopt(policy(name)) }
        tableChanged.raise()
    }

    /// The names of all it can be asked for, sorted.
    public var names: [String] { lanes.keys.sorted() }

    /// Its activities now, by name.
    public func snapshots() -> [ActivitySnapshot] { lanes.sorted { $0.key < $1.key }.map(\.value.snapshot) }

    /// Does activities until the task is cancelled; what is under way then is done again later.
    public func run() async throws {
        guard !lanes.isEmpty else { return }
        try await reportUnknown()
        try await adopt()
        let lanes = lanes.values.sorted { $0.activity.name < $1.activity.name }
        try await withThrowingDiscardingTaskGroup { group in
            for lane in lanes { lane.queue.begin() }
            while !Task.isCancelled {
                for lane in lanes {
                    for _ in 0..<lane.queue.hire() {
                        group.addTask {
                            while let task = await lane.queue.next() { try await self.attempt(task, in: lane) }
                        }
                    }
                }
                let pause = try await takeFromTable(lanes)
                await tableChanged.wait(atMost: pause, on: world.time)
            }
            group.cancelAll()
        }
    }

    // MARK: CommitParticipant

    public func mark() -> Int { pending.withLock { $0.count } }

    public func rollback(to mark: Int) { pending.withLock { $0.removeSubrange(mark...) } }

    public func committed() {
        let tasks = pending.withLock { pending in
            defer { pending.removeAll(keepingCapacity: true) }
            return pending
        }
        for task in tasks { lanes[task.name]?.offer(task) }
    }
}
