internal import Synchronization

/// Tells a piece of work that its caller has been cancelled, where the work must end in order rather than at once.
///
/// Safe to share between tasks.
public final class CancellationNotice: Sendable {
    private struct State {
        var isGiven = false
        var waiting: [AsyncStream<Never>.Continuation] = []
    }

    private let state = Mutex(State())

    /// Whether the caller has been cancelled.
    public var isGiven: Bool { state.withLock { $0.isGiven } }

    /// Returns when the caller has been cancelled, or when the waiting task itself has.
    public func received() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        let isGiven = state.withLock { state in
            if !state.isGiven { state.waiting.append(continuation) }
            return state.isGiven
        }
        if isGiven { return }
        for await _ in stream {}
    }

    fileprivate func give() {
        let waiting = state.withLock { state in
            state.isGiven = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.finish() }
    }
}

/// Runs `body` to its own end: when the caller is cancelled, `body` is told and not cancelled.
///
/// For what has to finish in order, such as a server that drains its connections. The caller waits for
/// `body` in any case, so nothing outlives it; `body` must bound how long it takes after the notice.
public func withCancellationNotice<T: Sendable>(
    _ body: @escaping @Sendable (CancellationNotice) async throws -> T
) async throws -> T {
    let notice = CancellationNotice()
    let task = Task { try await body(notice) }
    return try await withTaskCancellationHandler {
        try await task.value
    } onCancel: {
        notice.give()
    }
}
