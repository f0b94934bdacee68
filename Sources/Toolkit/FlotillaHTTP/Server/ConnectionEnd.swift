internal import Synchronization

/// Tells who streams a response that nothing more comes from the receiver, which has most probably gone.
final class ConnectionEnd: Sendable {
    private struct State {
        var isGiven = false
        var waiting: AsyncStream<Never>.Continuation?
    }

    private let state = Mutex(State())

    /// Returns when the end has come, or when the waiting task is cancelled. One task at a time may wait.
    func received() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        let isGiven = state.withLock { state in
            if !state.isGiven { state.waiting = continuation }
            return state.isGiven
        }
        if isGiven { return }
        for await _ in stream {}
    }

    func give() {
        let waiting = state.withLock { state in
            state.isGiven = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.finish()
    }
}
