public import FlotillaCore
internal import Synchronization

/// Keeps one instance known to a directory: registers it, sends its heartbeats, takes it out in good order.
///
///     let announcement = Announcement(instance, in: directory, time: world.time)
///     group.addTask { await announcement.run() }
///     …
///     try await announcement.leave(settling: .seconds(2))     // no new calls, then gone
///
/// An instance that dies without leaving is forgotten when its TTL is over. Safe to share between tasks.
public final class Announcement: Sendable {
    private enum Phase {
        case announced
        case draining
        case left
    }

    private struct State {
        var phase = Phase.announced
        var isRegistered = false
        var failures = 0
    }

    /// Whom it announces.
    public let instance: Instance
    private let directory: any InstanceDirectory
    private let ttl: Duration
    private let time: any TimeSource
    private let state = Mutex(State())

    /// - Parameter ttl: how long the instance is known without a heartbeat; three heartbeats are sent in it, so two
    ///   may be lost. ``DirectoryLimits/ttl``.
    public init(
        _ instance: Instance, in directory: any InstanceDirectory, ttl: Duration = .seconds(15),
        time: any TimeSource
    ) {
        self.instance = instance
        self.directory = directory
        self.ttl = ttl
        self.time = time
    }

    /// Heartbeats in a row that failed; 0 when all is well.
    public var failures: Int { state.withLock { $0.failures } }

    /// Registers the instance now, so that callers find it when this returns.
    ///
    /// - Throws: ``DirectoryError``.
    public func register() async throws {
        try await directory.register(instance, ttl: ttl)
        let phase = state.withLock { state in
            state.isRegistered = true
            state.failures = 0
            return state.phase
        }
        switch phase {
        case .announced: break
        case .draining: try await directory.drain(instance.id)
        case .left: try await directory.deregister(instance.id)
        }
    }

    /// Keeps it known until it leaves or the task is cancelled, which leaves it to its TTL. A directory that cannot be
    /// reached is tried again with the next heartbeat; one that has forgotten the instance is told again.
    public func run() async {
        while !Task.isCancelled, !hasLeft {
            await beat()
            do { try await time.sleep(for: ttl / 3) } catch { return }
        }
    }

    /// Asks callers for no new calls, from now on and also when it has to register again.
    ///
    /// - Throws: ``DirectoryError``.
    public func drain() async throws {
        let isRegistered = state.withLock { state in
            if state.phase == .announced { state.phase = .draining }
            return state.isRegistered
        }
        if isRegistered { try await directory.drain(instance.id) }
    }

    /// Takes it out for good: no new calls, then some time for callers to notice, then gone.
    ///
    /// - Parameter settling: as long as callers may take to hear of the drain and to finish what they have begun.
    /// - Throws: ``DirectoryError``, `CancellationError`; its TTL takes it out in any case.
    public func leave(settling: Duration) async throws {
        do { try await drain() } catch DirectoryError.unknown { /* Expired: nobody calls it any more. */  }
        try await time.sleep(for: settling)
        state.withLock { $0.phase = .left }
        try await directory.deregister(instance.id)
    }

    private var hasLeft: Bool { state.withLock { $0.phase == .left } }

    private func beat() async {
        do {
            if state.withLock({ $0.isRegistered }) {
                do {
                    try await directory.heartbeat(instance.id)
                } catch DirectoryError.unknown where !hasLeft {
                    try await register()
                }
            } else {
                try await register()
            }
            state.withLock { $0.failures = 0 }
        } catch {
            // Told by `failures`; the next heartbeat tries again.
            state.withLock { $0.failures += 1 }
        }
    }
}
