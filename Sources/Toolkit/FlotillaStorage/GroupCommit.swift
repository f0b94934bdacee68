internal import FlotillaCore

/// Runs the jobs of one group in one transaction and tells each its result after the shared commit.
///
/// The group runs without savepoints. Only when a member throws after it wrote, the group is rolled
/// back and run again with a savepoint for each member, so that the others are not lost with it. When
/// the engine gives a whole transaction up (the disk is full), savepoints are lost as well, and each
/// member runs in a transaction of its own.
struct GroupCommit {
    let connection: Connection
    let participants: [any CommitParticipant]

    private static let begin: SQL = "BEGIN IMMEDIATE"
    private static let commit: SQL = "COMMIT"
    private static let rollback: SQL = "ROLLBACK"
    private static let savepoint: SQL = "SAVEPOINT member"
    private static let undo: SQL = "ROLLBACK TO member"
    private static let release: SQL = "RELEASE member"

    func perform(_ jobs: [WriteJob]) {
        let marks = participants.map { $0.mark() }
        var outcome = Outcome()
        do {
            var transaction = Transaction(connection)
            try transaction.execute(Self.begin)
            if let error = runTogether(jobs, in: transaction, &outcome) {
                try rollBack(to: marks)
                if jobs.count == 1 { return jobs[0].fail(error) }
                outcome = Outcome()
                transaction = Transaction(connection)
                try transaction.execute(Self.begin)
                guard try runApart(jobs, in: transaction, &outcome) else {
                    try rollBack(to: marks)
                    for job in jobs { perform([job]) }
                    return
                }
            }
            for participant in participants { try participant.willCommit(in: transaction) }
            try transaction.execute(Self.commit)
        } catch {
            // The commit itself failed (disk full, I/O error): nothing of the group is durable.
            try? connection.run("ROLLBACK")  // Fails when SQLite has rolled back by itself, which is as good.
            undo(to: marks)
            for job in jobs { job.fail(error) }
            return
        }
        for participant in participants { participant.committed() }
        for job in outcome.done { job.succeed() }
        for (job, error) in outcome.failures { job.fail(error) }
    }

    private struct Outcome {
        var done: [WriteJob] = []
        var failures: [(job: WriteJob, error: any Error)] = []
    }

    /// - Returns: the error of a member that threw after it had written, so that all must run again.
    private func runTogether(
        _ jobs: [WriteJob], in transaction: Transaction, _ outcome: inout Outcome
    ) -> (any Error)? {
        for job in jobs {
            let before = connection.totalChanges
            let marks = participants.map { $0.mark() }
            do {
                try job.run(in: transaction)
                // A member that caught the error and went on has lost everything all the same.
                if let loss = transaction.loss { return loss }
                outcome.done.append(job)
            } catch {
                guard transaction.loss == nil, connection.totalChanges == before,
                    marks == participants.map({ $0.mark() })
                else { return error }
                outcome.failures.append((job, error))
            }
        }
        return nil
    }

    /// - Returns: false when the engine gave the transaction up, so that each must run by itself.
    private func runApart(
        _ jobs: [WriteJob], in transaction: Transaction, _ outcome: inout Outcome
    ) throws -> Bool {
        for job in jobs {
            let marks = participants.map { $0.mark() }
            try transaction.execute(Self.savepoint)
            do {
                try job.run(in: transaction)
                outcome.done.append(job)
            } catch where transaction.loss == nil {
                try transaction.execute(Self.undo)
                undo(to: marks)
                outcome.failures.append((job, error))
            } catch {
                return false
            }
            if transaction.loss != nil { return false }
            try transaction.execute(Self.release)
        }
        return true
    }

    private func rollBack(to marks: [Int]) throws {
        if connection.isInTransaction { try Transaction(connection).execute(Self.rollback) }
        undo(to: marks)
    }

    private func undo(to marks: [Int]) {
        for (participant, mark) in zip(participants, marks) { participant.rollback(to: mark) }
    }
}
