/// How a service or one of its dependencies is doing, from best to worst.
public enum HealthStatus: String, Sendable, CaseIterable, Comparable {
    /// All is well.
    case healthy
    /// It works, but something it can do without for a while is missing.
    case degraded
    /// It cannot do its work.
    case unhealthy
    /// It takes no work on purpose: starting, draining, or stopped for a drill.
    case outOfService

    /// 200 while work is done, 503 otherwise.
    public var httpStatus: Int {
        switch self {
        case .healthy, .degraded: 200
        case .unhealthy, .outOfService: 503
        }
    }

    public static func < (left: HealthStatus, right: HealthStatus) -> Bool { left.badness < right.badness }

    private var badness: Int {
        switch self {
        case .healthy: 0
        case .degraded: 1
        case .unhealthy: 2
        case .outOfService: 3
        }
    }
}

/// What one check found.
public struct HealthResult: Sendable, Hashable {
    public var status: HealthStatus
    /// What is wrong; nil when nothing is. Redacted when it is reported.
    public var error: String?

    public init(_ status: HealthStatus, error: String? = nil) {
        self.status = status
        self.error = error
    }

    /// All is well.
    public static let healthy = HealthResult(.healthy)
    /// It works, but not as it should: `error` says why.
    public static func degraded(_ error: String) -> HealthResult { HealthResult(.degraded, error: error) }
    /// It does not work: `error` says why.
    public static func unhealthy(_ error: String) -> HealthResult { HealthResult(.unhealthy, error: error) }
}
