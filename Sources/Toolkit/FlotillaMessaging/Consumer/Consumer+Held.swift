internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaStorage
internal import Synchronization

/// The messages that could not be handled, kept in order per subject.
extension Consumer {
    private static let insert: SQL = """
        INSERT INTO held (consumer, producer, sequence, attempts, due, error, died_at,
            id, source, type, subject, time, data, traceparent, correlation, cause, saga)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
        ON CONFLICT (consumer, producer, sequence) DO NOTHING
        """
    private static let subjects: SQL = "SELECT DISTINCT subject FROM held WHERE consumer = ?1"
    /// The first held message of each subject that is not dead: only it may be tried.
    private static let heads: SQL = """
        SELECT position, attempts, due, id, source, type, subject, time, data, traceparent, correlation, cause, saga
        FROM held AS h WHERE consumer = ?1 AND died_at IS NULL
            AND position = (SELECT MIN(position) FROM held WHERE consumer = h.consumer AND subject = h.subject)
        ORDER BY COALESCE(due, 0), position LIMIT 64
        """
    private static let remove: SQL = "DELETE FROM held WHERE position = ?1"
    private static let fail: SQL =
        "UPDATE held SET attempts = ?2, due = ?3, error = ?4, died_at = ?5 WHERE position = ?1"
    private static let isHeld: SQL = "SELECT 1 FROM held WHERE consumer = ?1 AND subject = ?2 LIMIT 1"

    private struct Head: Sendable {
        var position: Int64
        var attempts: Int
        var due: Timestamp?
        var message: Message
    }

    func heldSubjects() async throws -> Set<String> {
        let name = name
        return Set(try await database.read { try $0.query(Self.subjects, name) { $0.text(0) } })
    }

    /// Puts a message that failed aside, together with the watermark that says it was seen.
    func hold(_ sequenced: SequencedMessage, of producer: String, because error: any Error) async throws {
        let verdict = verdict(on: error, attempts: 1)
        try await database.write { [self] transaction in
            guard try sequence(of: producer, in: transaction) < sequenced.sequence else { return }
            try insert(sequenced, of: producer, attempts: 1, verdict, in: transaction)
            try advance(producer, to: sequenced.sequence, in: transaction)
        }
        parked.withLock { _ = $0.insert(sequenced.message.subject) }
        report(sequenced.message, verdict, attempts: 1)
    }

    /// A message whose subject is parked waits behind those that are held already.
    func join(_ sequenced: SequencedMessage, of producer: String, in transaction: Transaction) throws {
        try insert(
            sequenced, of: producer, attempts: 0, Verdict(due: nil, diedAt: nil, error: ""), in: transaction)
    }

    /// Tries the held messages that are due.
    ///
    /// - Returns: how long until the next one is due; nil when none is waiting.
    func retryHeld() async throws -> Duration? {
        let mustLookAgain = mustLookAgain.withLock { flag in
            defer { flag = false }
            return flag
        }
        if mustLookAgain {
            let subjects = try await heldSubjects()
            parked.withLock { $0 = subjects }
        }
        guard parked.withLock({ !$0.isEmpty }) else { return nil }
        let name = name
        while !Task.isCancelled {
            let heads = try await database.read { transaction in
                try transaction.query(Self.heads, name) { row in
                    Head(
                        position: row.int64(0), attempts: row.int(1), due: row.optionalTimestamp(2),
                        message: Message(row, from: 3))
                }
            }
            let now = world.now
            let due = heads.filter { ($0.due ?? now) <= now }
            guard !due.isEmpty else {
                return heads.compactMap(\.due).min().map { max(.milliseconds(1), $0 - now) }
            }
            for head in due { try await retry(head) }
        }
        return nil
    }

    private func retry(_ head: Head) async throws {
        let attempt = head.attempts + 1
        let now = world.now
        let name = name
        let began = world.time.uptime
        do {
            let (handled, isFree) = try await database.write { [self] transaction in
                let handled = try handle(head.message, attempt: attempt, now: now, in: transaction)
                try transaction.execute(Self.remove, head.position)
                return (handled, try !transaction.exists(Self.isHeld, name, head.message.subject))
            }
            report([handled], since: now, took: world.time.uptime - began)
            if isFree { parked.withLock { _ = $0.remove(head.message.subject) } }
        } catch is CancellationError {
            throw CancellationError()
        } catch where Self.isOutage(error) {
            try await world.time.sleep(for: policy.firstDelay)
        } catch {
            let verdict = verdict(on: error, attempts: attempt)
            try await database.write { transaction in
                try transaction.execute(
                    Self.fail, head.position, attempt, verdict.due, verdict.error, verdict.diedAt)
            }
            report(head.message, verdict, attempts: attempt)
        }
    }

    /// What becomes of a message after a failure.
    private struct Verdict: Sendable {
        var due: Timestamp?
        var diedAt: Timestamp?
        var error: String
    }

    private func verdict(on error: any Error, attempts: Int) -> Verdict {
        let text = String(String(describing: error).prefix(1_000))
        let delay = error is UndecodableMessage ? nil : policy.delay(after: attempts)
        guard let delay else { return Verdict(due: nil, diedAt: world.now, error: text) }
        return Verdict(due: world.now + delay, diedAt: nil, error: text)
    }

    private func insert(
        _ sequenced: SequencedMessage, of producer: String, attempts: Int, _ verdict: Verdict,
        in transaction: Transaction
    ) throws {
        let message = sequenced.message
        try transaction.execute(
            Self.insert, name, producer, sequenced.sequence, attempts, verdict.due, verdict.error, verdict.diedAt,
            message.id, message.source, message.type, message.subject, message.time, message.data,
            message.traceparent, message.correlationID, message.causationID, message.saga)
    }

    private func report(_ message: Message, _ verdict: Verdict, attempts: Int) {
        let metadata = [
            "consumer": name, "type": message.type, "subject": message.subject, "attempts": String(attempts),
            "error": verdict.error, "correlationId": message.correlationID,
        ]
        if verdict.diedAt == nil {
            telemetry.log(.warning, "a message failed and will be tried again", nil, metadata)
        } else {
            telemetry.log(.error, "a message became a dead letter", nil, metadata)
        }
    }
}
