/// Where a service gets the time from, and how it waits.
///
/// Nothing else in the code may ask the machine for the time or sleep, so that the same service can
/// run on a clock that is moved by hand (``ManualTime``).
public protocol TimeSource: Sendable {
    /// The wall clock. It may jump; use it for what people and other systems see.
    var now: Timestamp { get }

    /// Time since an arbitrary start that never jumps and never goes back; use it to measure and for deadlines.
    var uptime: Duration { get }

    /// Waits for at least `duration`.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile, at once.
    func sleep(for duration: Duration) async throws

    /// Does `action` once, at least `duration` from now, unless the alarm is turned off before. Turn it off in any
    /// case.
    ///
    /// Cheaper than a task that sleeps. The action runs on a thread of the clock's: it must be quick, must not
    /// wait, and must not turn its own alarm off.
    func alarm(after duration: Duration, _ action: @escaping @Sendable () -> Void) -> Alarm
}

/// The machine's own clocks.
public struct SystemTime: TimeSource {
    private static let start = ContinuousClock.now

    public init() { _ = Self.start }

    public var now: Timestamp {
        var value = timespec()
        clock_gettime(CLOCK_REALTIME, &value)
        return Timestamp(microseconds: Int64(value.tv_sec) * 1_000_000 + Int64(value.tv_nsec) / 1_000)
    }

    public var uptime: Duration { ContinuousClock.now - Self.start }

    public func sleep(for duration: Duration) async throws {
        try await SleepThread.shared.sleep(for: duration)
    }

    public func alarm(after duration: Duration, _ action: @escaping @Sendable () -> Void) -> Alarm {
        SleepThread.shared.alarm(after: duration, action)
    }
}

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif
