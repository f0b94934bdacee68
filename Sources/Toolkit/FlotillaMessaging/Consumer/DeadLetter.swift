public import FlotillaCore
internal import FlotillaStorage
internal import Synchronization

/// A message that was given up after its last try. Its subject waits until it is replayed or discarded.
public struct DeadLetter: Sendable {
    /// Unique in the consumer's database.
    public var id: Int64
    public var consumer: String
    public var message: Message
    public var attempts: Int
    public var error: String
    public var diedAt: Timestamp
    /// How many later messages of the subject wait behind it.
    public var waiting: Int

    public init(
        id: Int64, consumer: String, message: Message, attempts: Int, error: String, diedAt: Timestamp, waiting: Int
    ) {
        self.id = id
        self.consumer = consumer
        self.message = message
        self.attempts = attempts
        self.error = error
        self.diedAt = diedAt
        self.waiting = waiting
    }
}

/// What operators do with dead letters.
extension Consumer {
    private static let list: SQL = """
        SELECT position, attempts, error, died_at, (
                SELECT COUNT(*) FROM held AS w
                WHERE w.consumer = h.consumer AND w.subject = h.subject AND w.position > h.position
            ), id, source, type, subject, time, data, traceparent, correlation, cause, saga
        FROM held AS h WHERE consumer = ?1 AND died_at IS NOT NULL AND position > ?2 ORDER BY position LIMIT ?3
        """
    private static let one: SQL = """
        SELECT id, source, type, subject, time, data, traceparent, correlation, cause, saga
        FROM held WHERE consumer = ?1 AND position = ?2 AND died_at IS NOT NULL
        """
    private static let revive: SQL = """
        UPDATE held SET died_at = NULL, attempts = 0, due = ?3
        WHERE consumer = ?1 AND position = ?2 AND died_at IS NOT NULL
        """
    private static let discard: SQL = "DELETE FROM held WHERE consumer = ?1 AND position = ?2 AND died_at IS NOT NULL"
    private static let count: SQL = "SELECT COUNT(*) FROM held WHERE consumer = ?1 AND died_at IS NOT NULL"

    /// The dead letters after `id`, oldest first, at most `limit`.
    public func deadLetters(after id: Int64 = 0, limit: Int = 100) async throws -> [DeadLetter] {
        let name = name
        return try await database.read { transaction in
            try transaction.query(Self.list, name, id, limit) { row in
                DeadLetter(
                    id: row.int64(0), consumer: name, message: Message(row, from: 5), attempts: row.int(1),
                    error: row.text(2), diedAt: row.timestamp(3), waiting: row.int(4))
            }
        }
    }

    /// How many dead letters wait for somebody to replay or discard them.
    public func deadLetterCount() async throws -> Int {
        let name = name
        return try await database.read { try $0.first(Self.count, name) { $0.int(0) } ?? 0 }
    }

    /// Handles a dead letter once more, soon, and then what waits behind it.
    ///
    /// - Returns: false when there is no such dead letter.
    public func replay(_ id: Int64) async throws -> Bool {
        let (name, now) = (name, world.now)
        let found = try await database.write { try $0.execute(Self.revive, name, id, now) > 0 }
        if found { wakeUp.withLock { $0 }?() }
        return found
    }

    /// Drops a dead letter for good; what waits behind it goes on.
    ///
    /// - Returns: false when there is no such dead letter.
    public func discard(_ id: Int64) async throws -> Bool {
        let name = name
        let found = try await database.write { try $0.execute(Self.discard, name, id) > 0 }
        if found {
            mustLookAgain.withLock { $0 = true }
            wakeUp.withLock { $0 }?()
        }
        return found
    }

    /// Tries a dead letter and keeps nothing of it.
    ///
    /// - Returns: nil when there is no such dead letter; otherwise the types of the messages it would
    ///   send, or the error it would fail with.
    public func rehearse(_ id: Int64) async throws -> Result<[String], any Error>? {
        let (name, now) = (name, world.now)
        do {
            return try await database.write { [self] transaction in
                guard let message = try transaction.first(Self.one, name, id, row: { Message($0, from: 0) }) else {
                    return nil
                }
                guard let handler = handlers[message.type] else { return .success([]) }
                let delivery = Delivery(message: message, attempt: 1, now: now)
                throw Rehearsed(types: try handler.handle(transaction, delivery).map(\.type))
            }
        } catch let rehearsed as Rehearsed {
            return .success(rehearsed.types)
        } catch where !Self.isOutage(error) {
            return .failure(error)
        }
    }
}

/// Thrown to undo what a rehearsal did.
private struct Rehearsed: Error {
    var types: [String]
}
