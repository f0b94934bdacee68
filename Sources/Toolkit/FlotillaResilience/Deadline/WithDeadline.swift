public import FlotillaCore

/// Does `body`, but not beyond the deadline of the context.
///
/// `body` runs as a child task. When the time is up it is cancelled and, as always with structured
/// concurrency, awaited: it must end soon after its cancellation. When the caller is cancelled, so is
/// `body`, and what it then answers or throws is passed on.
///
/// - Parameters:
///   - time: the clock that the deadline is on.
///   - target: who is called, for the error's text.
/// - Throws: what `body` throws, or `timeout` (``FlotillaCore/ErrorKind/timeout``); without having
///   started `body` when the deadline is over already.
public nonisolated(nonsending) func withDeadline<T: Sendable>(
    _ context: CallContext, on time: any TimeSource, of target: String = "The service",
    _ body: @escaping @Sendable (CallContext) async throws -> T
) async throws -> T {
    let remaining = context.deadline.remaining(on: time)
    guard remaining > .zero else { throw ServiceError.timeout(target) }
    async let answer = cancelled(after: remaining, time, target, context, body)
    return try await answer
}

/// Does `body` in the task that calls this, which is cancelled when `limit` is over and must have no other work.
private func cancelled<T: Sendable>(
    after limit: Duration, _ time: any TimeSource, _ target: String, _ context: CallContext,
    _ body: @Sendable (CallContext) async throws -> T
) async throws -> T {
    try await withUnsafeCurrentTask { task in
        // Safe to use from the clock's thread: `cancel` may be called from any task or thread, and turning the
        // alarm off before this closure ends makes sure that it is not called later.
        nonisolated(unsafe) let task = task
        let alarm = time.alarm(after: limit) { task?.cancel() }
        let result: Result<T, any Error>
        do { result = .success(try await body(context)) } catch { result = .failure(error) }
        // An answer after that may be half of one: what the body had when it was cancelled.
        if alarm.turnOff() { throw ServiceError.timeout(target) }
        return try result.get()
    }
}

extension ServiceError {
    /// `target` did not answer in time.
    public static func timeout(_ target: String) -> ServiceError {
        ServiceError(
            .timeout, "timeout", "\(target) is temporarily unavailable: it did not answer in time. Try again shortly.")
    }
}
