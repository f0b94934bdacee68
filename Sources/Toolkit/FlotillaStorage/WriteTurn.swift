internal import Synchronization

/// Whether a driven write has had its turn, told once by whoever carries it out.
///
/// It knows nothing of what came of the write, so that it is the same for all of them: what is made for each type of
/// result costs a look-up of that type at every write.
final class WriteTurn: Sendable {
    private struct State {
        var isOver = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    var isOver: Bool { state.withLock { $0.isOver } }

    func tell() {
        let waiter = state.withLock { state in
            state.isOver = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Waits until it is over, without a turn for others where it is already.
    func end() async {
        if isOver { return }
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiter = continuation }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
    }
}
