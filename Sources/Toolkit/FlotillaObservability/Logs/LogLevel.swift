/// How much somebody should care about a log line, from least to most.
///
/// The toolkit logs at ``trace`` and ``debug`` only; services start at ``info``.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case trace
    case debug
    case info
    case notice
    case warning
    case error
    case critical

    /// 0 for ``trace`` up to 6 for ``critical``.
    public var severity: Int {
        switch self {
        case .trace: 0
        case .debug: 1
        case .info: 2
        case .notice: 3
        case .warning: 4
        case .error: 5
        case .critical: 6
        }
    }

    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.severity < right.severity }
}
