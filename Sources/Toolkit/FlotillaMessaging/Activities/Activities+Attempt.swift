internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaStorage
internal import Synchronization

/// One try of one activity, and where the next ones come from.
extension Activities {
    private static let due: SQL = """
        SELECT position, name, id, subject, input, attempts, traceparent, correlation, cause, saga
        FROM activities WHERE name = ?1 AND due <= ?2 AND claim = ?4 ORDER BY position LIMIT ?3
        """
    private static let nextDue: SQL = "SELECT MIN(due) FROM activities WHERE due > ?1 AND claim = ?2"
    private static let names: SQL = "SELECT DISTINCT name FROM activities ORDER BY name"
    private static let exists: SQL = "SELECT 1 FROM activities WHERE position = ?1 AND claim = ?2"
    private static let delete: SQL = "DELETE FROM activities WHERE position = ?1 AND claim = ?2"
    private static let postpone: SQL = """
        UPDATE activities SET attempts = ?2, due = ?3, error = ?4 WHERE position = ?1 AND claim = ?5
        """
    private static let orphans: SQL = """
        SELECT 1 FROM activities WHERE claim <> ?1 AND claim NOT IN (
            SELECT token FROM leases WHERE name >= ?2 AND name < ?3 AND expires > ?4) LIMIT 1
        """
    private static let adopt: SQL = """
        UPDATE activities SET claim = ?1 WHERE claim <> ?1 AND claim NOT IN (
            SELECT token FROM leases WHERE name >= ?2 AND name < ?3 AND expires > ?4)
        """
    private static let foreign: SQL = "SELECT 1 FROM activities WHERE claim <> 0 LIMIT 1"
    private static let adoptAll: SQL = "UPDATE activities SET claim = 0 WHERE claim <> 0"

    /// Takes over what is claimed by somebody who is not there any more.
    func adopt() async throws {
        let claim = database.claim
        guard claim != 0 else {
            // Nobody else is there: what replicas have left, if there ever were some, is this one's.
            guard try await database.read({ try $0.exists(Self.foreign) }) else { return }
            return try await database.write { _ = try $0.execute(Self.adoptAll) }
        }
        let (first, last, now) = (LeaseTable.presence, LeaseTable.presenceEnd, world.now)
        guard try await database.read({ try $0.exists(Self.orphans, claim, first, last, now) }) else { return }
        let count = try await database.write { try $0.execute(Self.adopt, claim, first, last, now) }
        telemetry.log(.notice, "activities of a replica that is gone were taken over", nil, ["count": String(count)])
    }

    /// Queues the table's due rows that are not in hand.
    ///
    /// - Returns: when to look again at the latest.
    func takeFromTable(_ lanes: [ActivityLane]) async throws -> Duration {
        let now = world.now
        let lookAgain = Duration.seconds(5)
        let limit = ActivityLane.inHandMax
        let claim = database.claim
        if database.isShared { try await adopt() }
        for lane in lanes {
            let tasks = try await database.read { transaction in
                try transaction.query(Self.due, lane.activity.name, now, limit, claim) { row in
                    ActivityTask(
                        id: row.text(2), subject: row.text(3), input: row.bytes(4), attempt: row.int(5) + 1,
                        position: row.int64(0), name: row.text(1),
                        cause: Cause(
                            traceparent: row.text(6), correlationID: row.text(7), causationID: row.text(8),
                            saga: row.text(9)))
                }
            }
            if lane.take(tasks, isAll: tasks.count < limit) { tableChanged.raise() }
        }
        let nextDue = try await database.read { transaction in
            try transaction.first(Self.nextDue, now, claim) { $0.optionalTimestamp(0) } ?? nil
        }
        return nextDue.map { min(lookAgain, max(.milliseconds(1), $0 - now)) } ?? lookAgain
    }

    /// What an earlier or later version has left in the table stays there; somebody should know.
    func reportUnknown() async throws {
        for name in try await database.read({ try $0.query(Self.names) { $0.text(0) } }) where lanes[name] == nil {
            telemetry.log(.error, "activities wait that this version does not know", nil, ["activity": name])
        }
    }

    func attempt(_ task: ActivityTask, in lane: ActivityLane) async throws {
        defer { if lane.leave(task) { tableChanged.raise() } }
        let activity = lane.activity
        // A row that was queued twice in a crash's aftermath, or withdrawn, is gone by now.
        let claim = database.claim
        guard try await database.read({ try $0.exists(Self.exists, task.position, claim) }) else { return }
        let result: Result<[UInt8], any Error>
        do {
            result = .success(try await perform(activity, task))
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            if isRetryable(error), let delay = activity.policy.delay(after: task.attempt) {
                return try await postpone(task, by: delay, because: error)
            }
            result = .failure(error)
        }
        try await commit(activity, task, result)
    }

    private func perform(_ activity: Activity, _ task: ActivityTask) async throws -> [UInt8] {
        let trace = TraceContext(traceparent: task.cause.traceparent) ?? .root(world.random)
        let context = CallContext(
            trace: trace, correlationID: task.cause.correlationID,
            deadline: Deadline(in: activity.timeout, on: world.time))
        return try await telemetry.span("activity \(task.name)", context) { context in
            try await activity.perform(task, context)
        }
    }

    private func commit(
        _ activity: Activity, _ task: ActivityTask, _ result: Result<[UInt8], any Error>
    ) async throws {
        do {
            try await database.write { [self] transaction in
                // Deleting first: when another incarnation was faster, there is nothing left to commit.
                guard try transaction.execute(Self.delete, task.position, database.claim) > 0 else { return }
                let messages = try activity.commit(self, transaction, task, result)
                if !messages.isEmpty { try outbox.append(messages, cause: task.cause, in: transaction) }
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let delay = activity.policy.delay(after: min(task.attempt, 8)) ?? activity.policy.delayMax
            try await postpone(task, by: delay, because: error)
        }
    }

    private func postpone(_ task: ActivityTask, by delay: Duration, because error: any Error) async throws {
        let text = String(String(describing: error).prefix(1_000))
        let due = world.now + delay
        telemetry.log(
            .warning, "an activity failed and will be tried again", nil,
            ["activity": task.name, "subject": task.subject, "attempt": String(task.attempt), "error": text])
        do {
            let claim = database.claim
            try await database.write { try $0.execute(Self.postpone, task.position, task.attempt, due, text, claim) }
        } catch where Consumer.isOutage(error) {
            // The row is still due, so it is found again once the database is back.
            try await world.time.sleep(for: delay)
        }
        tableChanged.raise()
    }

    private func isRetryable(_ error: any Error) -> Bool {
        (error as? any DescribedError)?.isRetryable ?? !(error is UndecodableMessage)
    }
}
