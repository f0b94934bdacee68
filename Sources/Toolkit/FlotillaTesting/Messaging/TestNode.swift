public import FlotillaCore
public import FlotillaMessaging
public import FlotillaObservability
public import FlotillaStorage

/// The messaging side of a service, bare: a database, an outbox, and consumers that write down what they handle.
///
/// What a message carries is a word. Handlers note the word in a table and then, if the ``script`` says so, throw.
public final class TestNode: Sendable {
    /// A message as a handler noted it.
    public struct Note: Sendable, Hashable {
        /// Under which name the consumer keeps its watermark.
        public var consumer: String
        /// Who sent it.
        public var source: String
        public var subject: String
        public var type: String
        public var word: String
        /// The try that went well.
        public var attempt: Int
    }

    /// The type of messages unless another one is named.
    public static let type = "test.word.v1"

    /// Names the node, its database and the source of its messages.
    public let name: String
    public let world: World
    public let database: Database
    public let outbox: Outbox
    public let telemetry: Telemetry
    /// What its handlers are to fail at.
    public let script: Script
    /// Goes with the last that holds it; a database opens files for as long as it is used.
    private let folder: TemporaryFolder

    /// The table of notes.
    public static let migrations = MigrationSet(
        "notes",
        steps: [
            .init(
                "create",
                """
                CREATE TABLE notes (
                    position {identity}, consumer TEXT NOT NULL, source TEXT NOT NULL, subject TEXT NOT NULL,
                    type TEXT NOT NULL, word TEXT NOT NULL, attempt INTEGER NOT NULL);
                """)
        ])

    private static let insert: SQL =
        "INSERT INTO notes (consumer, source, subject, type, word, attempt) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    private static let notes: SQL =
        "SELECT consumer, source, subject, type, word, attempt FROM notes ORDER BY position"

    private init(
        name: String, world: World, database: Database, outbox: Outbox, telemetry: Telemetry, script: Script,
        folder: TemporaryFolder
    ) {
        self.name = name
        self.world = world
        self.database = database
        self.outbox = outbox
        self.telemetry = telemetry
        self.script = script
        self.folder = folder
    }

    /// Opens the node's database in `folder`; the same name is the same data.
    ///
    /// - Parameters:
    ///   - time: of all nodes of a test.
    ///   - seed: one of its own for each incarnation, so that no ID is made twice.
    public static func open(
        _ name: String, in folder: TemporaryFolder, time: ManualTime, seed: UInt64 = 1,
        options: Outbox.Options = Outbox.Options(), database databaseOptions: Database.Options = Database.Options(),
        script: Script = Script()
    ) async throws -> TestNode {
        let world = World.manual(time, seed: name.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
        let database = try Database(
            path: folder.path(of: "\(name).sqlite"),
            migrations: [Outbox.migrations, Consumer.migrations, Activities.migrations, migrations], world: world,
            options: databaseOptions)
        return TestNode(
            name: name, world: world, database: database,
            outbox: try await Outbox(producer: name, database: database, world: world, options: options),
            telemetry: Telemetry(service: name, world: world, sink: MemoryLogSink()), script: script, folder: folder)
    }

    /// Sends one message in a transaction of its own.
    public func send(
        _ word: String, subject: String = "s", type: String = TestNode.type, saga: String = ""
    ) async throws {
        try await send([word], subject: subject, type: type, saga: saga)
    }

    /// Sends a message per word, all in one transaction.
    public func send(
        _ words: [String], subject: String = "s", type: String = TestNode.type, saga: String = ""
    ) async throws {
        let messages = words.map { Outgoing(type: type, subject: subject, data: Array($0.utf8), saga: saga) }
        let cause = Cause(.root(world, timeout: .seconds(30)))
        try await database.write { [self] in try outbox.append(messages, cause: cause, in: $0) }
    }

    /// A consumer of this node that notes what it handles.
    ///
    /// - Parameter handlers: used instead of the noting ones for their types.
    public func consumer(
        _ interest: Interest, on broker: any Broker, policy: RedeliveryPolicy = RedeliveryPolicy(),
        handlers: [MessageHandler] = []
    ) -> Consumer {
        let name = interest.watermarkName
        let own = Set(handlers.map(\.type))
        let noting = interest.types.subtracting(own).sorted().map { type in
            MessageHandler(type: type) { [script] transaction, delivery in
                try Self.note(delivery, by: name, in: transaction)
                try script.play(delivery.message)
                return []
            }
        }
        return Consumer(
            interest: interest, handlers: noting + handlers, database: database, outbox: outbox, broker: broker,
            world: world, telemetry: telemetry, policy: policy)
    }

    /// Notes a message, as the node's own handlers do.
    public static func note(_ delivery: Delivery, by consumer: String, in transaction: Transaction) throws {
        try transaction.execute(
            insert, consumer, delivery.message.source, delivery.subject, delivery.message.type,
            String(decoding: delivery.message.data, as: UTF8.self), delivery.attempt)
    }

    /// What was handled so far, in the order in which it was.
    public func notes() async throws -> [Note] {
        try await database.read { transaction in
            try transaction.query(Self.notes) { row in
                Note(
                    consumer: row.text(0), source: row.text(1), subject: row.text(2), type: row.text(3),
                    word: row.text(4), attempt: row.int(5))
            }
        }
    }

    /// The words handled so far, in order.
    public func words() async throws -> [String] { try await notes().map(\.word) }

    /// How many rows the outbox has.
    public func outboxRows() async throws -> Int {
        try await database.read { try $0.first("SELECT COUNT(*) FROM outbox") { $0.int(0) } ?? 0 }
    }

    /// How many messages are held, dead letters and those that wait behind them included.
    public func heldRows() async throws -> Int {
        try await database.read { try $0.first("SELECT COUNT(*) FROM held") { $0.int(0) } ?? 0 }
    }
}
