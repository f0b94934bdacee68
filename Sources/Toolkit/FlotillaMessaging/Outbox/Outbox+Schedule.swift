public import FlotillaCore
public import FlotillaStorage

/// Messages that are to be sent later.
extension Outbox {
    private static let insert: SQL = """
        INSERT INTO scheduled (due, name, id, source, type, subject, time, data, traceparent, correlation, cause, saga)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        ON CONFLICT (name) WHERE name IS NOT NULL DO UPDATE SET due = excluded.due
        """
    private static let withdraw: SQL = "DELETE FROM scheduled WHERE name = ?1"
    private static let next: SQL = "SELECT MIN(due) FROM scheduled"
    private static let due: SQL = """
        SELECT position, id, source, type, subject, time, data, traceparent, correlation, cause, saga
        FROM scheduled WHERE due <= ?1 ORDER BY due, position LIMIT 256
        """
    private static let delete: SQL = "DELETE FROM scheduled WHERE position = ?1"

    /// Sends a message at `due`, or a little later, in the transaction of the change that asks for it.
    ///
    /// - Parameter name: scheduling the same name again moves the message; nil: it cannot be moved or withdrawn.
    public func schedule(
        _ outgoing: Outgoing, at due: Timestamp, name: String? = nil, cause: Cause, in transaction: Transaction
    ) throws {
        try transaction.execute(
            Self.insert, due, name, world.ids.make(), producer, outgoing.type, outgoing.subject, world.now,
            outgoing.data, cause.traceparent, cause.correlationID, cause.causationID, outgoing.saga ?? cause.saga)
        noteScheduled(due)
    }

    /// Takes a scheduled message back, if it has not been sent yet.
    public func withdrawScheduled(name: String, in transaction: Transaction) throws {
        try transaction.execute(Self.withdraw, name)
    }

    /// Sends scheduled messages when they are due and does the outbox's housekeeping, until cancelled.
    public func run() async throws {
        // Housekeeping needs a look now and then; a message that is due earlier wakes the loop at once.
        let tidyInterval = Duration.seconds(10)
        var tidiedAt = world.time.uptime
        while !Task.isCancelled {
            // Until the look is over, whatever is scheduled may be earlier than what it finds.
            waits(for: nil)
            let due = try await database.read { try $0.first(Self.next) { $0.optionalTimestamp(0) } ?? nil }
            waits(for: due)
            let wait = due.map { max(.zero, min(tidyInterval, $0 - world.now)) } ?? tidyInterval
            await scheduleChanged.wait(atMost: wait, on: world.time)
            if Task.isCancelled { return }
            // Where something earlier was scheduled meanwhile, the next look finds it.
            if let due, due <= world.now { try await sendDue() }
            if world.time.uptime - tidiedAt >= tidyInterval {
                try await flush()
                tidiedAt = world.time.uptime
            }
        }
    }

    private func sendDue() async throws {
        let now = world.now
        var sent = 1
        while sent > 0 {
            guard try await database.read({ try $0.exists(Self.due, now) }) else { return }
            sent = try await database.write { [self] transaction in
                let messages = try transaction.query(Self.due, now) { ($0.int64(0), Message($0, from: 1)) }
                for (position, message) in messages {
                    try append(message, in: transaction)
                    try transaction.execute(Self.delete, position)
                }
                return messages.count
            }
        }
    }
}
