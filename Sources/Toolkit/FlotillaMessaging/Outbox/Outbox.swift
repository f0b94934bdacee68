public import FlotillaCore
public import FlotillaStorage
internal import DequeModule
internal import Synchronization

/// The messages a service has decided to send, kept in its own database (transactional outbox; Richardson).
///
/// A message is written in the transaction of the change it tells about, so it is sent if and only
/// if the change is durable. After the commit it is offered to the consumers from memory; who is
/// further behind than memory reaches reads the table. Rows that every consumer has taken are
/// deleted along with a later commit: a crash in between only offers them again.
public final class Outbox: CommitParticipant {
    /// What may be set.
    public struct Options: Sendable {
        /// Committed messages kept in memory for consumers that keep up.
        public var tailMax = 8_192
        /// Deletable rows that are worth a statement.
        public var deleteAtOnce: Int64 = 256

        public init() {}
    }

    public static let migrations = MigrationSet(
        "outbox",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE outbox (sequence {identity}, \(MessageColumns.ddl));
                CREATE TABLE scheduled (
                    position {identity}, due INTEGER NOT NULL, name TEXT, \(MessageColumns.ddl));
                CREATE INDEX scheduled_by_due ON scheduled (due);
                CREATE UNIQUE INDEX scheduled_by_name ON scheduled (name) WHERE name IS NOT NULL;
                """)
        ])

    struct State {
        var pending: [SequencedMessage] = []
        var tail: Deque<SequencedMessage> = []
        /// Messages after this one are all in `tail`.
        var tailStart: Int64
        var last: Int64
        var deletable: Int64 = 0
        var deleted: Int64 = 0
        /// What is deleted along with the commit that is under way.
        var deleting: Int64 = 0
        var onCommit: (@Sendable ([SequencedMessage]) -> Void)?
        /// The earliest time in the transactions that are not durable yet.
        var scheduling: Timestamp?
        /// What the schedule's loop waits for; nil: nothing.
        var awaitedDue: Timestamp?
    }

    /// The service whose outbox this is; the `source` of its messages.
    public let producer: String
    let database: Database
    let world: World
    private let options: Options
    let state: Mutex<State>
    let scheduleChanged = Signal()

    private static let insert: SQL = """
        INSERT INTO outbox (id, source, type, subject, time, data, traceparent, correlation, cause, saga)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """
    private static let delete: SQL = "DELETE FROM outbox WHERE sequence <= ?1"
    private static let range: SQL = """
        SELECT COALESCE((SELECT MAX(sequence) FROM outbox), 0),
               COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)
        """

    /// - Parameter database: has to have been opened with ``migrations``.
    public init(producer: String, database: Database, world: World, options: Options = Options()) async throws {
        self.producer = producer
        self.database = database
        self.world = world
        self.options = options
        let last = try await database.read { transaction in
            try transaction.first(Self.range) { max($0.int64(0), $0.int64(1)) } ?? 0
        }
        state = Mutex(State(tailStart: last, last: last))
        database.add(self)
    }

    /// Writes messages in the transaction of the change they tell about.
    public func append(_ messages: [Outgoing], cause: Cause, in transaction: Transaction) throws {
        for outgoing in messages {
            try append(
                Message(
                    id: world.ids.make(), source: producer, type: outgoing.type, subject: outgoing.subject,
                    time: world.now, data: outgoing.data, traceparent: cause.traceparent,
                    correlationID: cause.correlationID, causationID: cause.causationID,
                    saga: outgoing.saga ?? cause.saga),
                in: transaction)
        }
    }

    func append(_ message: Message, in transaction: Transaction) throws {
        try transaction.execute(
            Self.insert, message.id, message.source, message.type, message.subject, message.time, message.data,
            message.traceparent, message.correlationID, message.causationID, message.saga)
        let sequenced = SequencedMessage(sequence: transaction.lastInsertedID, message: message)
        state.withLock { $0.pending.append(sequenced) }
    }

    /// The sequence of the last durable message; 0 before the first.
    public var lastSequence: Int64 { state.withLock { $0.last } }

    /// How many messages not every consumer has taken yet, and when the oldest was written.
    public func backlog() async throws -> (count: Int, oldest: Timestamp?) {
        let deletable = state.withLock { $0.deletable }
        return try await database.read { transaction in
            try transaction.first("SELECT COUNT(*), MIN(time) FROM outbox WHERE sequence > ?1", deletable) { row in
                (row.int(0), row.optionalTimestamp(1))
            } ?? (0, nil)
        }
    }

    /// Every consumer has taken what is up to here.
    func release(upTo sequence: Int64) {
        state.withLock { $0.deletable = max($0.deletable, sequence) }
    }

    /// Deletes what may be deleted although no commit came by to carry it.
    func flush() async throws {
        guard state.withLock({ $0.deletable > $0.deleted }) else { return }
        let sequence = state.withLock { $0.deletable }
        try await database.write { try $0.execute(Self.delete, sequence) }
        state.withLock { $0.deleted = max($0.deleted, sequence) }
    }

    /// `body` is told the messages of each commit, on the writer's thread: it must be quick.
    func observe(_ body: (@Sendable ([SequencedMessage]) -> Void)?) {
        state.withLock { $0.onCommit = body }
    }

    /// A message was scheduled in a transaction that is not durable yet.
    func noteScheduled(_ due: Timestamp) {
        state.withLock { $0.scheduling = min(due, $0.scheduling ?? due) }
    }

    func waits(for due: Timestamp?) { state.withLock { $0.awaitedDue = due } }

    // MARK: CommitParticipant

    public func mark() -> Int { state.withLock { $0.pending.count } }

    public func rollback(to mark: Int) {
        state.withLock { state in
            state.pending.removeSubrange(mark...)
            state.deleting = state.deleted
        }
    }

    public func willCommit(in transaction: Transaction) throws {
        let sequence: Int64? = state.withLock { state in
            guard state.deletable - state.deleted >= options.deleteAtOnce else { return nil }
            state.deleting = state.deletable
            return state.deletable
        }
        if let sequence { try transaction.execute(Self.delete, sequence) }
    }

    public func committed() {
        let (messages, observer, isEarlier) = state.withLock { state in
            let messages = state.pending
            let isEarlier = state.scheduling.map { due in state.awaitedDue.map { due < $0 } ?? true } ?? false
            state.scheduling = nil
            state.pending.removeAll(keepingCapacity: true)
            state.deleted = max(state.deleted, state.deleting)
            if let last = messages.last?.sequence { state.last = last }
            state.tail.append(contentsOf: messages)
            let excess = state.tail.count - options.tailMax
            if excess > 0 {
                state.tailStart = state.tail[excess - 1].sequence
                state.tail.removeFirst(excess)
            }
            return (messages, state.onCommit, isEarlier)
        }
        if isEarlier { scheduleChanged.raise() }
        if !messages.isEmpty { observer?(messages) }
    }
}
