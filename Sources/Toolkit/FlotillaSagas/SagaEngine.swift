public import FlotillaCore
public import FlotillaMessaging
public import FlotillaObservability
public import FlotillaStorage

/// Runs a service's sagas in its own database: each move is one transaction with the reply that
/// caused it and the command it sends, so a saga survives a crash at any point.
public final class SagaEngine: Sendable {
    public static let migrations = MigrationSet(
        "sagas",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE sagas (
                    id TEXT PRIMARY KEY NOT NULL, type TEXT NOT NULL, version INTEGER NOT NULL,
                    subject TEXT NOT NULL, status TEXT NOT NULL, steps TEXT NOT NULL, current INTEGER NOT NULL,
                    reason TEXT NOT NULL, started_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
                    state {blob} NOT NULL, attempts INTEGER NOT NULL, due INTEGER, since INTEGER NOT NULL,
                    traceparent TEXT NOT NULL, correlation TEXT NOT NULL) WITHOUT ROWID;
                CREATE INDEX sagas_by_subject ON sagas (subject);
                CREATE INDEX sagas_by_due ON sagas (due) WHERE due IS NOT NULL;
                """)
        ])

    private let machines: [String: any SagaMachine]
    let database: Database
    let outbox: Outbox
    private let world: World
    private let telemetry: Telemetry

    private static let insert: SQL = """
        INSERT INTO sagas (id, type, version, subject, status, steps, current, reason, started_at, updated_at, state,
            attempts, due, since, traceparent, correlation)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
        """
    private static let update: SQL = """
        UPDATE sagas SET status = ?2, steps = ?3, current = ?4, reason = ?5, updated_at = ?6, state = ?7,
            attempts = ?8, due = ?9, since = ?10 WHERE id = ?1
        """
    static let select: SQL = """
        SELECT id, type, version, subject, status, steps, current, reason, started_at, updated_at, state, attempts,
            due, since, traceparent, correlation FROM sagas WHERE id = ?1
        """
    private static let due: SQL = "SELECT id FROM sagas WHERE due <= ?1 ORDER BY due, id LIMIT 256"

    /// - Parameters:
    ///   - database: has to have been opened with ``migrations``.
    public convenience init(
        database: Database, outbox: Outbox, world: World, telemetry: Telemetry
    ) {
        self.init(machines: [:], database: database, outbox: outbox, world: world, telemetry: telemetry)
    }

    private init(
        machines: [String: any SagaMachine], database: Database, outbox: Outbox, world: World, telemetry: Telemetry
    ) {
        self.machines = machines
        self.database = database
        self.outbox = outbox
        self.world = world
        self.telemetry = telemetry
    }

    /// The same engine with one more saga.
    public func adding<State>(_ definition: SagaDefinition<State>) -> SagaEngine {
        var machines = machines
        let key = Self.key(definition.type, definition.version)
        precondition(machines[key] == nil, "two definitions of \(key)")
        machines[key] = definition
        return SagaEngine(
            machines: machines, database: database, outbox: outbox, world: world, telemetry: telemetry)
    }

    /// The message types that answer steps: part of what the service consumes.
    public var replyTypes: Set<String> {
        machines.values.reduce(into: []) { $0.formUnion($1.replyTypes) }
    }

    /// Starts a saga in the transaction of what gives rise to it.
    ///
    /// - Returns: the saga's ID.
    @discardableResult
    public func start<State>(
        _ definition: SagaDefinition<State>, subject: String, state: State, cause: Cause, now: Timestamp,
        in transaction: Transaction
    ) throws -> String {
        var record = SagaRecord(
            id: world.ids.make(), type: definition.type, version: definition.version, subject: subject,
            status: .running, steps: Array(repeating: .pending, count: definition.steps.count), current: 0,
            reason: "", startedAt: now, updatedAt: now, state: try state.messageBytes(), attempts: 0, due: nil,
            since: now, traceparent: cause.traceparent, correlationID: cause.correlationID)
        let messages = try definition.start(&record, in: transaction)
        try transaction.execute(
            Self.insert, record.id, record.type, record.version, record.subject, record.status.rawValue,
            record.stepsText, record.current, record.reason, record.startedAt, record.updatedAt, record.state,
            record.attempts, record.due, record.since, record.traceparent, record.correlationID)
        try outbox.append(messages, cause: self.cause(of: record), in: transaction)
        return record.id
    }

    /// Takes a saga back before its pivot.
    ///
    /// - Returns: false when there is none, it is past its pivot, or it is on its way back already.
    public func abort(_ id: String, reason: String, now: Timestamp, in transaction: Transaction) throws -> Bool {
        guard var record = try transaction.first(Self.select, id, row: SagaRecord.init),
            let machine = machines[Self.key(record.type, record.version)], !record.isBackward
        else { return false }
        let messages = try machine.abort(&record, reason: reason, now: now, in: transaction)
        guard record.isBackward else { return false }
        try save(record, in: transaction)
        try outbox.append(messages, cause: cause(of: record), in: transaction)
        return true
    }

    /// One handler per reply type; the service's consumer handles messages with them. Messages that
    /// belong to no saga are none of their business.
    public func handlers() -> [MessageHandler] {
        replyTypes.sorted().map { type in
            MessageHandler(type: type) { [self] transaction, delivery in
                guard let mark = SagaMark(delivery.message.saga),
                    var record = try transaction.first(Self.select, mark.saga, row: SagaRecord.init)
                else { return [] }
                guard let machine = machines[Self.key(record.type, record.version)] else {
                    throw UnknownSagaVersion(type: record.type, version: record.version)
                }
                let before = record
                let messages = try machine.reply(
                    delivery.message, to: mark, &record, now: delivery.now, in: transaction)
                if before != record { try save(record, in: transaction) }
                return messages.map { message in
                    // A message without a mark of its own must not look like an answer of this one's step.
                    var message = message
                    message.saga = message.saga ?? ""
                    return message
                }
            }
        }
    }

    /// Sends commands again that nobody answered, and gives up on those that were given their time; until cancelled.
    public func run() async throws {
        while !Task.isCancelled {
            try await world.time.sleep(for: .seconds(1))
            let now = world.now
            let ids = try await database.read { try $0.query(Self.due, now) { $0.text(0) } }
            for id in ids {
                do {
                    try await timeOut(id, now: now)
                } catch is CancellationError {
                    throw CancellationError()
                } catch let lost as LeaseLost {
                    throw lost
                } catch {
                    telemetry.log(.error, "a saga's timer failed", nil, ["saga": id, "error": "\(error)"])
                }
            }
        }
    }

    private func timeOut(_ id: String, now: Timestamp) async throws {
        let record = try await database.write { [self] transaction -> SagaRecord? in
            guard var record = try transaction.first(Self.select, id, row: SagaRecord.init),
                let due = record.due, due <= now
            else { return nil }
            guard let machine = machines[Self.key(record.type, record.version)] else {
                throw UnknownSagaVersion(type: record.type, version: record.version)
            }
            let messages = try machine.timeOut(&record, now: now, in: transaction)
            try save(record, in: transaction)
            try outbox.append(messages, cause: cause(of: record), in: transaction)
            return record
        }
        guard let record else { return }
        telemetry.log(
            record.status == .stuck ? .error : .warning, "a saga's step was not answered in time", nil,
            ["saga": id, "subject": record.subject, "step": String(record.current), "status": record.status.rawValue])
    }

    func save(_ record: SagaRecord, in transaction: Transaction) throws {
        try transaction.execute(
            Self.update, record.id, record.status.rawValue, record.stepsText, record.current, record.reason,
            record.updatedAt, record.state, record.attempts, record.due, record.since)
    }

    func cause(of record: SagaRecord) -> Cause {
        Cause(traceparent: record.traceparent, correlationID: record.correlationID)
    }

    /// The steps of a saga's definition; empty when this version of the program does not know it.
    public func shape(of record: SagaRecord) -> [SagaStepShape] {
        machines[Self.key(record.type, record.version)]?.shape ?? []
    }

    private static func key(_ type: String, _ version: Int) -> String { "\(type) v\(version)" }
}

/// A saga that began under a definition this version of the program no longer has.
struct UnknownSagaVersion: Error, CustomStringConvertible {
    let type: String
    let version: Int

    var description: String {
        "the saga '\(type)' of version \(version) runs, but only other versions are registered:"
            + " keep the old one until it ends"
    }
}
