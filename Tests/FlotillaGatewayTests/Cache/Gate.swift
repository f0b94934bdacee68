internal import Synchronization

/// Holds up whoever comes until it is opened.
final class Gate: Sendable {
    /// Nil: it is open.
    private let waiting = Mutex<[AsyncStream<Never>.Continuation]?>([])

    /// How many stand before it.
    var count: Int { waiting.withLock { $0?.count ?? 0 } }

    /// Returns when it is open, or the task is cancelled.
    func wait() async {
        let (stream, bell) = AsyncStream.makeStream(of: Never.self)
        waiting.withLock { waiting in
            if waiting == nil { bell.finish() } else { waiting?.append(bell) }
        }
        for await _ in stream {}
    }

    func open() {
        let bells = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting ?? []
        }
        for bell in bells { bell.finish() }
    }

    /// Lets other tasks run until it is so.
    static func until(_ condition: () -> Bool) async { while !condition() { await Task.yield() } }
}
