/// How often a failed call is made again, and how long it waits in between. Plain data.
public struct RetryPolicy: Sendable, Hashable {
    /// Attempts in all, the first included, 1 to 10.
    public var attemptsMax: Int
    /// The waits in between. A callee that says when to come back (`retryAfter`) is given at least that long.
    public var backoff: Backoff
    /// What all callers of the target may spend on repeating.
    public var budget: RetryBudget.Policy
    /// After which failures it tries again.
    public var conditions: RetryConditions

    /// Three attempts, 500 then 1000 ms apart, within the usual budget, unless told otherwise.
    public init(
        attemptsMax: Int = 3, backoff: Backoff = Backoff(), budget: RetryBudget.Policy = RetryBudget.Policy(),
        conditions: RetryConditions = .passing
    ) {
        self.attemptsMax = attemptsMax
        self.backoff = backoff
        self.budget = budget
        self.conditions = conditions
    }

    /// What is wrong with the values, each with what is allowed; empty when nothing is.
    public func problems() -> [String] {
        var problems = PolicyProblems()
        problems.require(1...10, attemptsMax, "retry.attemptsMax")
        backoff.check(&problems)
        budget.check(&problems)
        return problems.list
    }

    /// The sum of all waits at their longest.
    var longestWaits: Duration {
        (1..<max(1, attemptsMax)).reduce(.zero) { $0 + backoff.longestWait(afterFailure: $1) }
    }
}
