public import FlotillaCore
internal import Synchronization

/// The clock of one simulated machine: the scheduler's virtual time, and a wall clock that may be wrong.
///
/// Sleeping and deadlines follow the scheduler, as monotonic clocks do; only ``now`` is skewed.
public final class SimulatedTime: TimeSource {
    /// Where virtual time begins: 2026-01-01T00:00:00Z.
    public static let epoch = Timestamp(seconds: 1_767_225_600)

    private let scheduler: SimulationScheduler
    private let skewNow: Mutex<Duration>

    public init(_ scheduler: SimulationScheduler, skew: Duration = .zero) {
        self.scheduler = scheduler
        skewNow = Mutex(skew)
    }

    /// How far ahead of the true time this clock is; may be negative, and may change at any moment.
    public var skew: Duration {
        get { skewNow.withLock { $0 } }
        set { skewNow.withLock { $0 = newValue } }
    }

    public var now: Timestamp { Self.epoch + (scheduler.uptime + skew) }

    public var uptime: Duration { scheduler.uptime }

    public func sleep(for duration: Duration) async throws { try await scheduler.sleep(for: duration) }

    public func alarm(after duration: Duration, _ action: @escaping @Sendable () -> Void) -> Alarm {
        scheduler.alarm(after: duration, action)
    }
}
