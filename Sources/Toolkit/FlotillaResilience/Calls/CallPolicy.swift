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
    /// How many attempts may be sent to the callee, by all callers of the target in this process; what is over it is
    /// refused here. With a leaky bucket it waits its turn instead, as long as the queue has room and the deadline
    /// allows; an attempt that must not wait is refused. Nil: any number.
    public var limit: RateLimit?
    /// Nil: an attempt that takes long is waited for alone.
    public var hedge: HedgePolicy?
    /// A call, or a further attempt, for which less than this is left until its deadline is not begun, as it could not
    /// end in time; zero to 1 hour. Zero: only when nothing is left.
    public var minimumTime: Duration

    /// 5 seconds, three attempts, the classic breaker, 50 calls at once, unless told otherwise.
    public init(
        name: String, timeout: Duration = .seconds(5), retry: RetryPolicy? = RetryPolicy(),
        breaker: BreakerPolicy? = BreakerPolicy(), bulkhead: BulkheadPolicy? = .standard,
        limit: RateLimit? = nil, hedge: HedgePolicy? = nil, minimumTime: Duration = .zero
    ) {
        self.limit = limit
        self.hedge = hedge
        self.minimumTime = minimumTime
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
        problems.require(.zero ... .seconds(3600), minimumTime, "minimumTime")
        if minimumTime > timeout {
            problems.add("minimumTime is \(minimumTime); allowed is up to the timeout, which is \(timeout)")
        }
        if hedge != nil, retry == nil {
            problems.add("hedge is given without retry; allowed is hedging under a retry budget only")
        }
        return problems.list + (retry?.problems() ?? []) + (breaker?.problems() ?? [])
            + (bulkhead?.problems() ?? []) + (limit?.problems() ?? []) + (hedge?.problems() ?? [])
    }

    /// Attempts of one call at most, those beside one another included.
    public var attemptsMax: Int { (retry?.attemptsMax ?? 1) * (1 + (hedge?.extraMax ?? 0)) }

    /// The longest one call can take without a deadline: the wait for room, every attempt to its end,
    /// every wait in between.
    public var worstCase: Duration {
        (bulkhead?.waitMax ?? .zero) + timeout * (retry?.attemptsMax ?? 1) + (retry?.longestWaits ?? .zero)
    }
}
