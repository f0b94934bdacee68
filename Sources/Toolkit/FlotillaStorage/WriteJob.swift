internal import FlotillaCore

/// A closure that waits for its turn in a group commit. Confined: queue lock first, then the writer.
class WriteJob: @unchecked Sendable {
    // Sendable because it is handed over, never shared: the caller gives it to the queue, the queue
    // gives it to the writer, and its flags are read and written under the queue's lock only.
    var isQueued = false
    var isWithdrawn = false

    /// Runs the closure and keeps its result for ``succeed()``.
    func run(in transaction: Transaction) throws {}

    /// Tells the caller the result that was kept.
    func succeed() {}

    func fail(_ error: any Error) {}
}

/// A write with a result of its own type. Safe to share for the reason ``WriteJob`` gives.
final class TypedWriteJob<Result: Sendable>: WriteJob, @unchecked Sendable {
    private let body: @Sendable (Transaction) throws -> Result
    private var result: Result?
    private var error: (any Error)?
    /// Nil unless the caller looks for the outcome itself.
    private var turn: WriteTurn?
    private var completion: (@Sendable (Swift.Result<Result, any Error>) -> Void)?

    init(_ body: @escaping @Sendable (Transaction) throws -> Result) { self.body = body }

    func onCompletion(_ completion: @escaping @Sendable (Swift.Result<Result, any Error>) -> Void) {
        self.completion = completion
    }

    /// `turn` is told when the outcome is known; it is kept for ``outcome()``.
    func keepOutcome(for turn: WriteTurn) { self.turn = turn }

    /// What came of it. To be called once its turn is over.
    func outcome() throws -> Result {
        if let error { throw error }
        guard let result else { preconditionFailure("a job that ran has a result") }
        return result
    }

    override func run(in transaction: Transaction) throws { result = try body(transaction) }

    override func succeed() {
        guard let result else { preconditionFailure("a job succeeds only after it ran") }
        if let turn { return turn.tell() }
        completion?(.success(result))
        completion = nil
    }

    override func fail(_ error: any Error) {
        if let turn {
            self.error = error
            return turn.tell()
        }
        completion?(.failure(error))
        completion = nil
    }
}
