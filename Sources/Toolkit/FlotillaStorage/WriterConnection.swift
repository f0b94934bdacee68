internal import Synchronization

/// The connection that writes. The lock is never contended with a thread of its own; inline
/// writers take turns on it.
final class WriterConnection: Sendable {
    private let connection: Mutex<ConnectionBox>

    init(_ connection: sending Connection) { self.connection = Mutex(ConnectionBox(connection)) }

    func perform(_ jobs: [WriteJob], participants: [any CommitParticipant]) {
        connection.withLock { box in
            GroupCommit(connection: box.connection, participants: participants).perform(jobs)
        }
    }

    /// Runs `body` between two groups, on what they have committed. Nothing is written meanwhile, so that its
    /// statements see the same state without a transaction around them.
    func read(_ body: (Transaction) throws -> Void) throws {
        try connection.withLock { box in
            guard !box.connection.isClosed else { throw StorageError(.closed, "the database is closed") }
            try body(Transaction(box.connection, isReadOnly: true))
        }
    }

    func close() { connection.withLock { $0.connection.close() } }
}

/// Lets a connection be kept behind a mutex, which is what makes sharing it safe.
struct ConnectionBox: @unchecked Sendable {
    // Sendable because it is only ever stored inside a Mutex and never handed out of it but to the
    // one reader that has checked it out.
    let connection: Connection
    init(_ connection: Connection) { self.connection = connection }
}
