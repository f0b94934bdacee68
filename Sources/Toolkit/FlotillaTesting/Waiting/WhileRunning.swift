public import Testing

/// Runs `body` while `loops` run beside it, then cancels them and waits for their end.
///
/// A loop that fails by itself is an issue of the test.
public func whileRunning<Result: Sendable>(
    _ loops: [@Sendable () async throws -> Void], sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Result
) async throws -> Result {
    try await withThrowingDiscardingTaskGroup { group in
        for loop in loops {
            group.addTask {
                do {
                    try await loop()
                } catch is CancellationError {
                    // How loops end when the body is done.
                } catch where Task.isCancelled {
                    // Something it was waiting for noticed the cancellation in its own words.
                } catch {
                    Issue.record(error, "a loop beside the test failed", sourceLocation: sourceLocation)
                }
            }
        }
        defer { group.cancelAll() }
        return try await body()
    }
}
