internal import Synchronization

/// Read-only connections, each used by one reader at a time. A reader never suspends while it holds
/// one, so there are never more than threads that run tasks.
final class ReaderPool: Sendable {
    private struct State {
        var idle: [ConnectionBox] = []
        var isClosed = false
    }

    private let path: String
    private let options: Database.Options
    private let state = Mutex(State())

    init(path: String, options: Database.Options) {
        self.path = path
        self.options = options
    }

    func use<Result>(_ body: (Transaction) throws -> Result) throws -> Result {
        let box = try take()
        defer { give(box) }
        do {
            return try box.connection.read(body)
        } catch let error as StorageError where error.code == .interrupted {
            throw CancellationError()
        }
    }

    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for box in idle { box.connection.close() }
    }

    private func take() throws -> ConnectionBox {
        let (idle, isClosed) = state.withLock { ($0.idle.popLast(), $0.isClosed) }
        if isClosed { throw StorageError(.closed, "the database \(path) is closed") }
        if let idle { return idle }
        let connection = try Connection(path: path, isReadOnly: true, options: options)
        try Database.configure(connection, isReadOnly: true)
        connection.endsWhenCancelled()
        return ConnectionBox(connection)
    }

    private func give(_ box: ConnectionBox) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.idle.append(box) }
            return state.isClosed
        }
        if isClosed { box.connection.close() }
    }
}

extension Connection {
    private static let begin: SQL = "BEGIN"
    private static let commit: SQL = "COMMIT"

    /// Runs `body` on one snapshot for all its statements; one that writes is refused.
    func read<Result>(_ body: (Transaction) throws -> Result) throws -> Result {
        let transaction = Transaction(self, isReadOnly: true)
        try transaction.execute(Self.begin)
        // Nothing was written; ending the snapshot cannot lose anything.
        defer { _ = try? Transaction(self).execute(Self.commit) }
        return try body(transaction)
    }
}
