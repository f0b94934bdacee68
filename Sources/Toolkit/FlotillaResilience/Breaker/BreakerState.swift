/// Where a circuit breaker stands.
public enum BreakerState: String, Sendable, Hashable, CaseIterable {
    /// Calls go through and are counted.
    case closed
    /// Calls are refused at once.
    case open
    /// A few trial calls go through and decide.
    case halfOpen
}

/// What an operator holds a circuit breaker to, whatever its calls say.
public enum BreakerForce: String, Sendable, Hashable, CaseIterable {
    /// Calls are refused.
    case open
    /// Calls go through and nothing is counted; let go, it starts anew.
    case closed
    /// It never opens: calls go through and are counted as ever, so that people can see what it would have done.
    case disabled
}

/// A breaker's leave to make one call. Give its outcome back with ``CircuitBreaker/record(_:_:took:)``.
public struct BreakerPermit: Sendable, Hashable {
    let generation: UInt64
    /// Whether this call is one that decides whether a half-open breaker closes.
    public let isTrial: Bool
}

/// A circuit breaker at one moment, for dashboards and `/ops/breakers`.
public struct BreakerSnapshot: Sendable, Hashable {
    /// Whom it protects the caller from: `orders → catalog.GetProducts`.
    public var target: String
    /// The state calls meet now.
    public var state: BreakerState
    /// What a person holds it to; nil when it goes by its calls.
    public var forced: BreakerForce?
    /// Failures since the last success, while closed.
    public var consecutiveFailures: Int
    /// Calls in the window; 0 for a breaker that counts failures in a row.
    public var recentCalls: Int
    /// Share of them that failed, 0 to 1.
    public var failureRate: Double
    /// Share of them that was slow, 0 to 1.
    public var slowCallRate: Double
    /// Calls refused since the start.
    public var refusals: Int
    /// How often it opened since the start.
    public var openings: Int
    /// How long it has been in its state.
    public var inStateFor: Duration
    /// When an open breaker lets a trial through; nil in the other states.
    public var retryAfter: Duration?

    /// Whether a person holds it in that state.
    public var isForced: Bool { forced != nil }
}
