internal import Synchronization

/// Stops a thread, not a task, until it is opened: to hold the writer of a database up.
///
/// It gives up by itself after a bounded number of turns, so that a broken test ends.
public final class ThreadGate: Sendable {
    private let isReached = Atomic(false)
    private let isOpen = Atomic(false)

    /// Begins closed.
    public init() {}

    /// Whether somebody waits at the gate, or has passed it.
    public var wasReached: Bool { isReached.load(ordering: .acquiring) }

    /// Called on the thread that is to stop.
    ///
    /// - Returns: false when nobody opened for too long.
    @discardableResult
    public func pass() -> Bool {
        isReached.store(true, ordering: .releasing)
        for _ in 0..<20_000_000 {
            if isOpen.load(ordering: .acquiring) { return true }
            sched_yield()
        }
        return false
    }

    /// Lets through who waits, and who comes later.
    public func open() { isOpen.store(true, ordering: .releasing) }
}

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif
