public import FlotillaCore
internal import Synchronization

/// A relational database that belongs to one service: an SQLite file.
///
/// - Writes are closures that share durable commits (group commit): an answer is given after its
///   data is on disk (`synchronous=FULL`). One thread writes; see ``write(_:)``.
/// - Reads see the last commit, run on the caller's thread and never wait for the writer.
public final class Database: Sendable {
    /// What can be set when a database is opened.
    public struct Options: Sendable {
        /// Writes that may wait at a time; one more is refused with `storage-queue-full`.
        public var queuedWritesMax = 16_384
        /// Writes that share one commit at the most.
        public var groupWritesMax = 512
        /// Where the writes run.
        public var writer = Writer.thread
        /// The size of a page in a new file, in bytes: a power of two from 512 to 65,536. A commit writes whole pages.
        public var pageBytes = 4_096
        /// Pages in the log after which a commit merges it into the file. More make merges rarer, and the log longer
        /// that is read again after a crash.
        public var checkpointPages = 4_000
        /// The name of the SQLite VFS that holds the file; nil: the system's own. For simulated disks.
        public var vfs: String?
        /// What a statement becomes before it is prepared; nil: itself. For simulations that break a
        /// mechanism on purpose, to see that it is noticed.
        public var statements: (@Sendable (String) -> String)?

        /// Where writes can run.
        public enum Writer: Sendable {
            /// On a thread of the database's own.
            case thread
            /// In the caller, together with what others have queued meanwhile: for tests and simulations that
            /// own every step. The closure is awaited before a group's turn and again after its commit, as
            /// callers wait for a thread and a disk. Reads take their turn on the same connection.
            case driven(@Sendable () async -> Void)

            /// In the caller, at once, one commit each.
            public static var inline: Writer { .driven {} }
        }

        public init() {}
    }

    /// Where the file is.
    public let path: String
    /// How it was opened; what a service opens beside it is opened likewise.
    public let options: Options
    private let queue: WriteQueue
    private let thread: Mutex<WriterThread?>
    let participants: ParticipantList
    private let readers: ReaderPool
    private let writer: WriterConnection
    /// Nil unless several use it.
    let session: DatabaseSession?

    /// Opens the file, creating it where it does not exist, and brings its schema up to date.
    ///
    /// - Throws: ``StorageError`` when the file cannot be opened, is no database, or a migration
    ///   contradicts what was applied earlier.
    public init(
        path: String, migrations: [MigrationSet], world: World, options: Options = Options()
    ) throws {
        self.path = path
        self.options = options
        let connection = try Connection(path: path, isReadOnly: false, options: options)
        try Self.configure(connection, isReadOnly: false, options)
        try Migrator(connection: connection, world: world).apply(migrations)
        queue = WriteQueue(jobsMax: options.queuedWritesMax, groupMax: options.groupWritesMax)
        readers = ReaderPool(path: path, options: options)
        writer = WriterConnection(connection)
        thread = Mutex(nil)
        participants = ParticipantList()
        session = nil
        if case .thread = options.writer { startThread() }
    }

    /// One more user of a database that is open: the same file, queue and commits. It can be closed while others go on,
    /// and what is written through it under a lease is guarded (``working(under:_:)``).
    ///
    /// - Parameters:
    ///   - name: who uses it, for errors.
    ///   - claim: marks rows as this user's; not 0.
    public init(sharing owner: Database, name: String, claim: Int64) {
        path = owner.path
        options = owner.options
        queue = owner.queue
        thread = Mutex(nil)
        participants = owner.participants
        readers = owner.readers
        writer = owner.writer
        session = DatabaseSession(of: owner, name: name, claim: claim)
    }

    deinit { close() }

    /// Runs `body` in a transaction and returns its result once it is durable.
    ///
    /// Concurrent writes share a commit. The closure may run twice, so it must touch nothing but its
    /// transaction; a domain refusal is best returned, not thrown, since a throw after a write costs
    /// the whole group a second run.
    ///
    /// A cancelled task takes its write out of the queue; a write that has begun is finished.
    ///
    /// - Throws: what `body` throws (nothing of it is kept), ``StorageError``, `CancellationError`.
    @discardableResult
    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        let job = TypedWriteJob(session?.fenced(body) ?? body)
        if case .driven(let pause) = options.writer { return try await drive(job, pause) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                job.onCompletion { continuation.resume(with: $0) }
                admit(job)
            }
        } onCancel: {
            if queue.withdraw(job) { job.fail(CancellationError()) }
        }
    }

    /// Runs `body` on the last committed state, on the caller's thread. A query ends soon after the task was cancelled.
    ///
    /// - Throws: what `body` throws, ``StorageError``, `CancellationError`; a statement that writes is refused.
    public func read<Result>(_ body: (Transaction) throws -> Result) async throws -> Result {
        try Task.checkCancellation()
        try session?.check()
        // A driven write begins and ends between two awaits: what its connection sees is the last commit, and it has
        // read the schema and most pages already.
        guard case .driven = options.writer else { return try readers.use(body) }
        var result: Result?
        try writer.read { result = try body($0) }
        guard let result else { preconditionFailure("a body that has ended has a result") }
        return result
    }

    /// Tells `participant` what becomes durable from now on, for as long as somebody else holds it. To be called before
    /// the first write.
    public func add(_ participant: any CommitParticipant) {
        session?.note(participant)
        participants.append(participant)
    }

    /// Writes that wait for the writer now.
    public var queuedWrites: Int { queue.count }

    /// Writes that may wait at a time; those of ``options`` until others are adopted.
    public var queuedWritesMax: Int { queue.bounds.jobsMax }

    /// Writes that share one commit at the most; those of ``options`` until others are adopted.
    public var groupWritesMax: Int { queue.bounds.groupMax }

    /// Goes by other bounds from the next write and the next commit on, for all who share the database. What waits goes
    /// on waiting, also where it is more than may wait by now.
    ///
    /// - Parameters:
    ///   - queuedWritesMax: 1 or more.
    ///   - groupWritesMax: 1 or more.
    public func adopt(queuedWritesMax: Int, groupWritesMax: Int) {
        precondition(queuedWritesMax > 0 && groupWritesMax > 0, "a database that takes no writes")
        queue.adopt(jobsMax: queuedWritesMax, groupMax: groupWritesMax)
    }

    /// Finishes the queued writes, merges the log into the file and closes it. Later calls are refused.
    ///
    /// Of a shared database only this user goes: what it has queued is refused, and the others go on.
    public func close() {
        if let session { return participants.remove(session.close()) }
        queue.close()
        let thread = self.thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        if let thread, thread.isCurrent {
            // A participant was the last to let go, in the midst of a commit. The thread does what is queued, ends, and
            // with it go the connections.
            return thread.detach()
        }
        thread?.join()
        // Without a thread the queued writes are done here; their callers find the outcome.
        while let group = queue.take() {
            writer.perform(group, participants: participants.all)
        }
        readers.close()
        writer.close()
    }

    private func admit(_ job: WriteJob) {
        switch queue.add(job) {
        case .queued: break
        case .withdrawn: job.fail(CancellationError())
        case .closed: job.fail(StorageError(.closed, "the database \(path) is closed"))
        case .full:
            job.fail(
                StorageError(
                    .queueFull, "\(queue.bounds.jobsMax) writes are waiting for \(path); try again shortly"))
        }
    }

    private func startThread() {
        // The thread holds the parts, not the database, so that the last reference to the database closes it.
        let (queue, writer, participants) = (queue, writer, participants)
        let thread = WriterThread {
            while let group = queue.next() {
                writer.perform(group, participants: participants.all)
            }
        }
        self.thread.withLock { $0 = thread }
    }

    /// Carries out what is queued, this job among it, unless another caller has done so by then.
    private func drive<Result: Sendable>(
        _ job: TypedWriteJob<Result>, _ pause: @Sendable () async -> Void
    ) async throws -> Result {
        try Task.checkCancellation()
        let turn = WriteTurn()
        job.keepOutcome(for: turn)
        admit(job)
        if !turn.isOver { await pause() }
        if Task.isCancelled, queue.withdraw(job) { throw CancellationError() }
        while !turn.isOver, let group = queue.take() {
            writer.perform(group, participants: participants.all)
        }
        // On another thread somebody may have taken it, and be in the midst of it.
        await turn.end()
        await pause()
        return try job.outcome()
    }

    static func configure(
        _ connection: Connection, isReadOnly: Bool, _ options: Options = Options()
    ) throws {
        // temp_store: savepoint journals stay in memory. secure_delete is Debian's default and doubles writes.
        try connection.run("PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;")
        guard !isReadOnly else { return }
        try connection.run(
            """
            PRAGMA page_size=\(options.pageBytes); PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
            PRAGMA secure_delete=OFF; PRAGMA wal_autocheckpoint=\(options.checkpointPages);
            PRAGMA journal_size_limit=67108864;
            """)
    }
}
