/// The moment by which an answer is needed, on the clock that never jumps.
///
/// One deadline starts at the edge and travels with the call; every hop may only shorten it.
public struct Deadline: Sendable, Hashable, Comparable {
    /// Reading of `TimeSource.uptime` at which the time is up.
    public var uptime: Duration

    public init(uptime: Duration) { self.uptime = uptime }

    /// `timeout` from now.
    public init(in timeout: Duration, on time: any TimeSource) { uptime = time.uptime + timeout }

    /// What is left, never negative.
    public func remaining(on time: any TimeSource) -> Duration { max(.zero, uptime - time.uptime) }

    /// Whether nothing is left.
    public func isOver(on time: any TimeSource) -> Bool { time.uptime >= uptime }

    /// The earlier of this deadline and `timeout` from now.
    public func shortened(to timeout: Duration, on time: any TimeSource) -> Deadline {
        min(self, Deadline(in: timeout, on: time))
    }

    public static func < (left: Deadline, right: Deadline) -> Bool { left.uptime < right.uptime }
}
