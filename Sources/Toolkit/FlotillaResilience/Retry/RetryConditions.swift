public import FlotillaCore

/// After which failures a call is made again. Plain data.
///
/// Errors arrive as kinds, whatever carried them: HTTP statuses and gRPC codes are mapped to them where they come in,
/// and a connection that cannot be made or breaks is ``unavailable``. An error that says of itself that the same call
/// cannot succeed later is never repeated.
public struct RetryConditions: OptionSet, Sendable, Hashable {
    /// A bit for each condition.
    public let rawValue: UInt8

    /// The conditions of these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// 429: the callee has had too much. Its `Retry-After` is waited for.
    public static let limited = RetryConditions(rawValue: 1)
    /// 500: a defect of the callee. Repeating the same usually meets the same defect, so it must be asked for.
    public static let defect = RetryConditions(rawValue: 2)
    /// 502, 503 and connections that cannot be made or break. `Retry-After` is waited for.
    public static let unavailable = RetryConditions(rawValue: 4)
    /// 504, and attempts that took too long.
    public static let timeout = RetryConditions(rawValue: 8)

    /// 429, 502, 503, 504, connections and time: what passes by itself.
    public static let passing: RetryConditions = [.limited, .unavailable, .timeout]
    /// All of them, 500 included.
    public static let all: RetryConditions = [.limited, .defect, .unavailable, .timeout]

    /// Whether a call that ended with `error` may be made again.
    public func allow(_ error: any DescribedError) -> Bool {
        switch error.kind {
        case .limited: contains(.limited) && error.isRetryable
        case .unavailable: contains(.unavailable) && error.isRetryable
        case .timeout: contains(.timeout) && error.isRetryable
        // A defect that is known to pass says so itself.
        case .internal: contains(.defect) || error.isRetryable
        case .malformed, .invalid, .unauthenticated, .denied, .notFound, .conflict, .tooLarge: error.isRetryable
        }
    }

    /// Whether a call that ended in an error of that kind may be made again, of which no more is known.
    func allow(_ kind: ErrorKind) -> Bool {
        switch kind {
        case .limited: contains(.limited)
        case .unavailable: contains(.unavailable)
        case .timeout: contains(.timeout)
        case .internal: contains(.defect)
        case .malformed, .invalid, .unauthenticated, .denied, .notFound, .conflict, .tooLarge: false
        }
    }
}
