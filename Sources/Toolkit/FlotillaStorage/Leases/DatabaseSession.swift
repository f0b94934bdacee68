internal import Synchronization

/// One of several users of a database: it can be shut out while the others go on.
final class DatabaseSession: Sendable {
    /// The database that owns file, queue and connections.
    let owner: Database
    let name: String
    let claim: Int64
    private let closed = Mutex(false)
    private let participants = ParticipantList()

    init(of owner: Database, name: String, claim: Int64) {
        self.owner = owner
        self.name = name
        self.claim = claim
    }

    /// From now on nothing more is written, not even what waits in the queue.
    ///
    /// - Returns: what is no longer to be told of commits.
    func close() -> [any CommitParticipant] {
        closed.withLock { $0 = true }
        return participants.all
    }

    func note(_ participant: any CommitParticipant) { participants.append(participant) }

    func check() throws {
        guard closed.withLock({ $0 }) else { return }
        throw StorageError(.closed, "\(name) has ended; what it was about to read or write is not done")
    }

    /// `body`, refused after the session's end, and after the loss of the lease it is written under.
    func fenced<Result>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) -> @Sendable (Transaction) throws -> Result {
        let lease = Database.lease
        return { [self] transaction in
            try check()
            if let lease { try lease.guard(in: transaction) }
            return try body(transaction)
        }
    }
}
