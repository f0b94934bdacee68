internal import FlotillaCore

/// Decides after each failed attempt of one call whether and when to try again.
struct RetryMachine: Sendable {
    enum Decision: Sendable, Equatable {
        case retry(after: Duration)
        case giveUp(GuardEvent.GiveUp)
    }

    private let policy: RetryPolicy?
    private let isIdempotent: Bool
    /// Attempts that failed so far.
    private(set) var failures = 0
    /// Of the backoff alone, without what the callee asked for.
    private var lastWait: Duration?

    /// - Parameter policy: nil for one attempt only.
    init(_ policy: RetryPolicy?, isIdempotent: Bool) {
        self.policy = policy
        self.isIdempotent = isIdempotent
    }

    /// - Parameters:
    ///   - remaining: what is left until the deadline.
    ///   - chance: from 0 to below 1, for the jitter.
    ///   - takeBudget: asked last, only when everything else allows the retry.
    mutating func afterFailure(
        _ error: any Error, remaining: Duration, chance: Double, takeBudget: () -> Bool
    ) -> Decision {
        failures += 1
        guard let policy, isIdempotent, let error = error as? any DescribedError, policy.conditions.allow(error)
        else {
            return .giveUp(.notRetryable)
        }
        guard failures < policy.attemptsMax else { return .giveUp(.attemptsUsed) }
        let own = policy.backoff.wait(afterFailure: failures, chance: chance, last: lastWait)
        lastWait = own
        let wait = max(own, error.retryAfter ?? .zero)
        guard wait < remaining else { return .giveUp(.deadline) }
        guard takeBudget() else { return .giveUp(.budgetEmpty) }
        return .retry(after: wait)
    }
}
