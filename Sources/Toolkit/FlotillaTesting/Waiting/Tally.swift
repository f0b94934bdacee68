internal import Synchronization

/// Counts what several tasks and threads do.
public final class Tally: Sendable {
    private let value = Mutex(0)

    /// Begins at 0.
    public init() {}

    /// How often ``add()`` was called.
    public var count: Int { value.withLock { $0 } }

    /// Counts one more.
    ///
    /// - Returns: the new count.
    @discardableResult
    public func add() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}
