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
    return try await withThrowingTaskGroup(of: DeadlineRace<T>.self) { group in
        group.addTask { .answered(try await body(context)) }
        group.addTask {
            do { try await time.sleep(for: remaining) } catch { return .timerCancelled }
            return .expired
        }
        // When the caller is cancelled the timer ends first, so the second result is the body's.
        while let first = try await group.next() {
            switch first {
            case .answered(let value):
                group.cancelAll()
                return value
            case .expired:
                group.cancelAll()
                throw ServiceError.timeout(target)
            case .timerCancelled:
                continue
            }
        }
        preconditionFailure("the group ends with the result of its body")
    }
}

private enum DeadlineRace<T: Sendable>: Sendable {
    case answered(T)
    case expired
    case timerCancelled
}

extension ServiceError {
    /// `target` did not answer in time.
    public static func timeout(_ target: String) -> ServiceError {
        ServiceError(
            .timeout, "timeout", "\(target) is temporarily unavailable: it did not answer in time. Try again shortly.")
    }
}
