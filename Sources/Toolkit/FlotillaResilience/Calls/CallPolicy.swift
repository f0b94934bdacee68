/// Everything that protects the calls to one target, under a name. Plain data, from configuration.
public struct CallPolicy: Sendable, Hashable {
    /// For people and dashboards: `standard`, `critical`, `provider`.
    public var name: String
    /// How long one attempt may take, 1 ms to 1 hour. The deadline of the call may shorten it.
    public var timeout: Duration
    /// Nil: one attempt only.
    public var retry: RetryPolicy?
    /// Nil: never refuses for earlier failures.
    public var breaker: BreakerPolicy?
    /// Nil: any number of calls at once.
    public var bulkhead: BulkheadPolicy?

    /// 5 seconds, three attempts, the classic breaker, 50 calls at once, unless told otherwise.
    public init(
        name: String, timeout: Duration = .seconds(5), retry: RetryPolicy? = RetryPolicy(),
        breaker: BreakerPolicy? = BreakerPolicy(), bulkhead: BulkheadPolicy? = .standard
    ) {
        self.name = name
        self.timeout = timeout
        self.retry = retry
        self.breaker = breaker
        self.bulkhead = bulkhead
    }

    /// For most calls.
    public static let standard = CallPolicy(name: "standard")
    /// For what a customer waits for.
    public static let critical = CallPolicy(name: "critical", bulkhead: .critical)
    /// For what can wait.
    public static let background = CallPolicy(name: "background", bulkhead: .background)

    /// What is wrong with the values, each with what is allowed; empty when nothing is.
    public func problems() -> [String] {
        var problems = PolicyProblems()
        problems.require(.milliseconds(1) ... .seconds(3600), timeout, "timeout")
        return problems.list + (retry?.problems() ?? []) + (breaker?.problems() ?? [])
            + (bulkhead?.problems() ?? [])
    }

    /// Attempts of one call at most.
    public var attemptsMax: Int { retry?.attemptsMax ?? 1 }

    /// The longest one call can take without a deadline: the wait for room, every attempt to its end,
    /// every wait in between.
    public var worstCase: Duration {
        (bulkhead?.waitMax ?? .zero) + timeout * attemptsMax + (retry?.longestWaits ?? .zero)
    }
}
