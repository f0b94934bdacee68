internal import FlotillaCore
internal import FlotillaResilience

/// The policies under which the callers of a ``BadDependency`` are looked at, and how they call.
enum FaultSetting: String, CaseIterable, Sendable {
    /// 1 s for an attempt, and nothing else.
    case timeout
    /// Three attempts, 100 and 200 ms apart, and a budget that never ends.
    case retry
    /// As `retry`, with a budget of one retry, and a fifth of one for every call.
    case budget
    /// One attempt; a breaker that two failures in a row open for 5 s.
    case consecutive
    /// One attempt; a breaker that opens when half of the last four calls failed, at least three of them.
    case rate
    /// One attempt; a breaker that opens when half of the last four took 100 ms or more, at least two of them.
    case slowRate
    /// Room for one, one more waits for up to 300 ms; three call at once.
    case bulkhead
    /// Two attempts at once, then two a second.
    case limit
    /// A second attempt beside the first after 100 ms, and a budget that never ends.
    case hedge
    /// As `hedge`, with the budget of `budget`.
    case hedgeBudget
    /// As `retry`, with a deadline of 1.2 s, and nothing is begun for which less than 300 ms are left.
    case scarce
    /// A cached answer when there is no other.
    case fallback
    /// Three attempts, budget, a breaker of three in a row, room for two and two waiting, a fallback; three at once.
    case all
    /// As `all`, for calls that must not be made twice.
    case once
    /// As `all`, with a deadline of 700 ms, which is shorter than the timeout.
    case hurried

    static let attemptMax = Duration.seconds(1)

    var isIdempotent: Bool { self != .once }
    var hasFallback: Bool { isAll || self == .fallback }
    /// Whether the first three callers come at once and not one after another.
    var isCrowd: Bool { isAll || self == .bulkhead }
    var deadline: Duration {
        switch self {
        case .hurried: .milliseconds(700)
        case .scarce: .milliseconds(1_200)
        default: .seconds(60)
        }
    }

    private var isAll: Bool { [.all, .once, .hurried].contains(self) }

    var policy: CallPolicy {
        var policy = CallPolicy(
            name: rawValue, timeout: Self.attemptMax, retry: nil, breaker: nil, bulkhead: nil)
        let small = RetryBudget.Policy(share: 0.2, minimumPerSecond: 0, savedMax: 2)
        let endless = RetryBudget.Policy(share: 1, minimumPerSecond: 100, savedMax: 100)
        let backoff = Backoff(first: .milliseconds(100), jitter: .none)
        switch self {
        case .timeout, .fallback: break
        case .retry: policy.retry = RetryPolicy(attemptsMax: 3, backoff: backoff, budget: endless)
        case .scarce:
            policy.retry = RetryPolicy(attemptsMax: 3, backoff: backoff, budget: endless)
            policy.minimumTime = .milliseconds(300)
        case .limit: policy.limit = RateLimit(2, per: .seconds(1))
        case .hedge, .hedgeBudget:
            policy.retry = RetryPolicy(attemptsMax: 1, budget: self == .hedge ? endless : small)
            policy.hedge = HedgePolicy(delay: .fixed(.milliseconds(100)))
        case .budget: policy.retry = RetryPolicy(attemptsMax: 3, backoff: backoff, budget: small)
        case .consecutive: policy.breaker = BreakerPolicy(trip: .consecutive(failures: 2), openFor: .seconds(5))
        case .rate:
            let rate = BreakerPolicy.Rate(window: .calls(4), failureRate: 0.5, minimumCalls: 3)
            policy.breaker = BreakerPolicy(trip: .rate(rate), openFor: .seconds(5))
        case .slowRate:
            let rate = BreakerPolicy.Rate(
                window: .calls(4), failureRate: 1, slowCallRate: 0.5, slowAfter: .milliseconds(100), minimumCalls: 2)
            policy.breaker = BreakerPolicy(trip: .rate(rate), openFor: .seconds(5))
        case .bulkhead:
            policy.bulkhead = BulkheadPolicy(concurrencyMax: 1, queueMax: 1, waitMax: .milliseconds(300))
        case .all, .once, .hurried:
            policy.retry = RetryPolicy(attemptsMax: 3, backoff: backoff, budget: small)
            policy.breaker = BreakerPolicy(trip: .consecutive(failures: 3), openFor: .seconds(5))
            policy.bulkhead = BulkheadPolicy(concurrencyMax: 2, queueMax: 2, waitMax: .milliseconds(300))
        }
        return policy
    }
}
