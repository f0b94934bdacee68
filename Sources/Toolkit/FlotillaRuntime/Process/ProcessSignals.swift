internal import UnixSignals

/// What the world outside tells a process.
public enum ProcessSignals {
    /// Runs `body` and cancels it at the first SIGINT (Ctrl-C) or SIGTERM; returns when it has ended.
    ///
    /// - Throws: what `body` throws, unless it was cancelled by a signal.
    public static func runUntilStopped(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await body()
                return false
            }
            group.addTask {
                for await _ in signals { return true }
                return false
            }
            let isStopped = try await group.next() ?? true
            group.cancelAll()
            do {
                while try await group.next() != nil {}
            } catch is CancellationError where isStopped {
                // That is how it was asked to end.
            }
        }
    }
}
