/// A point in time on the wall clock, UTC, to the microsecond.
///
/// It is an integer, so that it compares, stores and encodes exactly; its text form is RFC 3339
/// with three fraction digits (`2026-11-21T08:30:00.125Z`), which sorts like the value.
/// Years 1970 to 9999.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public init(seconds: Int64) { self.microseconds = seconds * 1_000_000 }

    /// Whole milliseconds since 1970.
    public var milliseconds: Int64 { microseconds / 1_000 }

    /// Whole seconds since 1970.
    public var seconds: Int64 { microseconds / 1_000_000 }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    public static func + (left: Timestamp, right: Duration) -> Timestamp {
        Timestamp(microseconds: left.microseconds + right.microseconds)
    }

    public static func - (left: Timestamp, right: Duration) -> Timestamp {
        Timestamp(microseconds: left.microseconds - right.microseconds)
    }

    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        .microseconds(left.microseconds - right.microseconds)
    }
}

extension Duration {
    /// The whole microseconds of this duration, rounded toward zero.
    public var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }

    /// The whole milliseconds of this duration, rounded toward zero.
    public var milliseconds: Int64 { microseconds / 1_000 }

    /// This duration in seconds, with its fraction.
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
