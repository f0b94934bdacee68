public import FlotillaCore
public import FlotillaObservability
public import FlotillaStorage
internal import Synchronization

/// Handles the messages of one consumer group in a service's database, in batches, effectively once.
///
/// A batch is one job: the effects of its messages, the messages they cause and the new watermark
/// share a transaction. When a handler throws, the batch is handled again up to the failing message,
/// which is *held* together with its watermark, and from there on: later messages of its subject join
/// it, everything else goes on. Held messages are retried with growing pauses; after the last try
/// the message is a dead letter and its subject stays parked until it is replayed or discarded
/// (sequenced dead letters; Axon).
public final class Consumer: Sendable {
    public static let migrations = MigrationSet(
        "consumer",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE watermarks (
                    consumer TEXT NOT NULL, producer TEXT NOT NULL, sequence INTEGER NOT NULL,
                    PRIMARY KEY (consumer, producer)
                ) WITHOUT ROWID;
                CREATE TABLE held (
                    position {identity}, consumer TEXT NOT NULL, producer TEXT NOT NULL, sequence INTEGER NOT NULL,
                    attempts INTEGER NOT NULL, due INTEGER, error TEXT NOT NULL, died_at INTEGER,
                    \(MessageColumns.ddl), UNIQUE (consumer, producer, sequence));
                CREATE INDEX held_by_subject ON held (consumer, subject, position);
                """)
        ])

    /// Messages taken from the broker at a time, unless told otherwise.
    public static let batchMax = 256

    private struct Rules {
        var policy: RedeliveryPolicy
        var batchMax: Int
    }

    let interest: Interest
    let handlers: [String: MessageHandler]
    /// By message type.
    let counters: [String: Counter]
    let database: Database
    let outbox: Outbox
    let world: World
    let telemetry: Telemetry
    private let rules: Mutex<Rules>
    private let broker: any Broker
    /// Subjects that have held messages. Used by the consumer's own task only: what it holds while
    /// somebody else decides from an older state would be forgotten.
    let parked = Mutex<Set<String>>([])
    /// An operator has removed held messages, so ``parked`` may name too many subjects.
    let mustLookAgain = Mutex(false)
    let wakeUp = Mutex<(@Sendable () -> Void)?>(nil)

    static let watermark: SQL = "SELECT sequence FROM watermarks WHERE consumer = ?1 AND producer = ?2"
    private static let watermarks: SQL = "SELECT producer, sequence FROM watermarks WHERE consumer = ?1"
    private static let advance: SQL = """
        INSERT INTO watermarks (consumer, producer, sequence) VALUES (?1, ?2, ?3)
        ON CONFLICT (consumer, producer) DO UPDATE SET sequence = excluded.sequence
        """

    /// - Parameters:
    ///   - interest: what it wants; its types must be the handlers' types.
    ///   - database: has to have been opened with ``migrations``.
    ///   - batchMax: messages that share a transaction at the most, 1 or more.
    public init(
        interest: Interest, handlers: [MessageHandler], database: Database, outbox: Outbox,
        broker: any Broker, world: World, telemetry: Telemetry, policy: RedeliveryPolicy = RedeliveryPolicy(),
        batchMax: Int = Consumer.batchMax
    ) {
        var byType: [String: MessageHandler] = [:]
        for handler in handlers {
            precondition(byType[handler.type] == nil, "two handlers for \(handler.type) in \(interest.consumer)")
            byType[handler.type] = handler
        }
        precondition(Set(byType.keys) == interest.types, "\(interest.consumer) handles other types than it declares")
        self.interest = interest
        self.handlers = byType
        counters = byType.mapValues { handler in
            telemetry.metrics.counter(
                "messages_handled_total", "Messages whose effect is durable.",
                labels: [("service", telemetry.service), ("consumer", interest.consumer), ("type", handler.type)])
        }
        self.database = database
        self.outbox = outbox
        self.broker = broker
        self.world = world
        self.telemetry = telemetry
        rules = Mutex(Rules(policy: policy, batchMax: batchMax))
    }

    /// How it tries again what failed, now.
    public var policy: RedeliveryPolicy { rules.withLock { $0.policy } }

    /// Messages that share a transaction at the most, now.
    public var batchMax: Int { rules.withLock { $0.batchMax } }

    /// Subjects of which messages are held, as far as it knows.
    public var parkedSubjects: Int { parked.withLock { $0.count } }

    /// Goes by another policy from the next failure and the next batch on. What is held keeps the time it was given for
    /// its next try; what was given up stays so.
    ///
    /// - Parameter batchMax: 1 or more.
    public func adopt(_ policy: RedeliveryPolicy, batchMax: Int) {
        precondition(batchMax > 0, "a consumer that takes no messages")
        rules.withLock { $0 = Rules(policy: policy, batchMax: batchMax) }
    }

    /// The name its watermarks and held messages are kept under.
    public var name: String { interest.watermarkName }

    /// Handles messages until the task is cancelled. A batch in hand is finished first.
    public func run() async throws {
        let name = name
        let marks = try await database.read { transaction in
            try transaction.query(Self.watermarks, name) { ($0.text(0), $0.int64(1)) }
        }
        let subjects = try await heldSubjects()
        parked.withLock { $0 = subjects }
        let subscription = broker.subscribe(interest, watermarks: Dictionary(uniqueKeysWithValues: marks))
        wakeUp.withLock { $0 = { subscription.wake() } }
        defer {
            wakeUp.withLock { $0 = nil }
            subscription.cancel()
        }
        while !Task.isCancelled {
            let pause = try await retryHeld()
            let batches = try await subscription.next(limit: batchMax, atMost: pause)
            guard !batches.isEmpty else { continue }
            try await deal(with: batches)
            subscription.acknowledge(batches)
        }
    }

    /// Tries until the batches are dealt with, or the task is cancelled (then nothing of the rest is kept).
    private func deal(with batches: [MessageBatch]) async throws {
        var failures = 0
        while true {
            do {
                try await handle(batches)
                return
            } catch is CancellationError {
                throw CancellationError()
            } catch where Self.isOutage(error) {
                // The database itself is in trouble: no message is to blame, so none is held.
                failures += 1
                telemetry.log(.warning, "the consumer waits for its database", nil, ["error": "\(error)"])
                try await world.time.sleep(for: policy.delay(after: min(failures, 8)) ?? policy.delayMax)
            } catch let failed as FailedMessage {
                try await goAround(failed, in: batches)
                return
            }
        }
    }

    /// Deals with what came before a message that failed, puts it aside, and deals with the rest.
    private func goAround(_ failed: FailedMessage, in batches: [MessageBatch]) async throws {
        let batch = batches[failed.batch]
        var before = Array(batches[..<failed.batch])
        let messages = Array(batch.messages[..<failed.message])
        if let last = messages.last {
            before.append(MessageBatch(producer: batch.producer, messages: messages, upTo: last.sequence))
        }
        if !before.isEmpty { try await deal(with: before) }
        try await hold(batch.messages[failed.message], of: batch.producer, because: failed.reason)
        let rest = MessageBatch(
            producer: batch.producer, messages: Array(batch.messages[(failed.message + 1)...]), upTo: batch.upTo)
        try await deal(with: [rest] + batches[(failed.batch + 1)...])
    }

    /// All batches in one transaction.
    private func handle(_ batches: [MessageBatch]) async throws {
        let parked = parked.withLock { $0 }
        let (now, began) = (world.now, world.time.uptime)
        let handled = try await database.write { [self] transaction in
            var handled: [HandledMessage] = []
            for (place, batch) in batches.enumerated() {
                let seen = try sequence(of: batch.producer, in: transaction)
                guard batch.upTo > seen else { continue }
                for (index, sequenced) in batch.messages.enumerated() where sequenced.sequence > seen {
                    do {
                        if parked.contains(sequenced.message.subject) {
                            try join(sequenced, of: batch.producer, in: transaction)
                        } else {
                            handled.append(try handle(sequenced.message, attempt: 1, now: now, in: transaction))
                        }
                    } catch where !Self.isOutage(error) {
                        throw FailedMessage(batch: place, message: index, reason: error)
                    }
                }
                try transaction.execute(Self.advance, name, batch.producer, batch.upTo)
            }
            return handled
        }
        report(handled, since: now, took: world.time.uptime - began)
    }

    func handle(
        _ message: Message, attempt: Int, now: Timestamp, in transaction: Transaction
    ) throws -> HandledMessage {
        let trace = TraceContext(traceparent: message.traceparent)?.child(world.random)
        let handled = HandledMessage(message: message, trace: trace)
        guard let handler = handlers[message.type] else { return handled }
        let seen = trace.map(message.traced) ?? message
        let outgoing = try handler.handle(transaction, Delivery(message: seen, attempt: attempt, now: now))
        if !outgoing.isEmpty { try outbox.append(outgoing, cause: Cause(seen), in: transaction) }
        return handled
    }

    func sequence(of producer: String, in transaction: Transaction) throws -> Int64 {
        try transaction.first(Self.watermark, name, producer) { $0.int64(0) } ?? 0
    }

    func advance(_ producer: String, to sequence: Int64, in transaction: Transaction) throws {
        try transaction.execute(Self.advance, name, producer, sequence)
    }

    /// Whether an error speaks of the database as a whole rather than of one message.
    static func isOutage(_ error: any Error) -> Bool {
        guard let error = error as? StorageError else { return false }
        return error.kind == .unavailable || error.code == .damaged
    }
}

/// A handler threw: at which message, by its place in the batches, and what.
private struct FailedMessage: Error {
    let batch: Int
    let message: Int
    let reason: any Error
}
