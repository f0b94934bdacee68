public import FlotillaCore

/// Something a ``CallGuard`` did that logs and metrics may want to know. A call that succeeds at once makes none.
public struct GuardEvent: Sendable {
    /// What it did.
    public enum Kind: Sendable, Hashable {
        /// Attempt `attempt` (from 1) failed with `slug`; the next one starts after `wait`.
        case retrying(attempt: Int, slug: String, wait: Duration)
        /// Attempt `attempt` failed, and there is no further one.
        case failed(attempt: Int, slug: String, outcome: CallOutcome, because: GiveUp)
        /// The call, or a further attempt, was not made.
        case refused(Refusal)
        /// The breaker changed its state.
        case breakerChanged(from: BreakerState, to: BreakerState)
        /// An attempt had taken `after`, and attempt `attempt` (from 2) was begun beside it.
        case hedged(attempt: Int, after: Duration)
        /// Another policy holds from now on. What had not changed kept its state.
        case policyChanged(from: String, to: String)
        /// A fallback answered in place of the callee.
        case fellBack(slug: String)
    }

    /// Who refused a call.
    public enum Refusal: String, Sendable, Hashable, CaseIterable {
        /// The circuit breaker is open.
        case breaker
        /// No room, and none in time.
        case bulkhead
        /// The deadline was over, or too near, before the call began.
        case deadline
        /// More attempts than the limit of the policy allows.
        case limiter
        /// No instance of the callee runs, as is known beforehand (``CallGuard/noInstance(of:_:)``).
        case noInstance
    }

    /// Why a failed attempt was the last.
    public enum GiveUp: String, Sendable, Hashable, CaseIterable {
        /// The same call would fail again, must not be made twice, or its policy has no retry.
        case notRetryable
        /// All attempts of the policy are made.
        case attemptsUsed
        /// The wait before the next one would end after the deadline.
        case deadline
        /// The retry budget of the target is spent: too many of its calls are repeated already.
        case budgetEmpty
    }

    /// Whose guard: `orders → catalog.GetProducts`.
    public var target: String
    /// The name of its ``CallPolicy``.
    public var policy: String
    /// What it did.
    public var kind: Kind
    /// The call; nil for what an operator caused.
    public var context: CallContext?
}

/// Told of what guards do, on the task that makes the call; must be quick and not throw.
public typealias GuardObserver = @Sendable (GuardEvent) -> Void

/// The guard of one target at one moment, for dashboards and `/ops/breakers`.
public struct GuardSnapshot: Sendable, Hashable {
    /// Whom the calls are for: `orders → catalog.GetProducts`.
    public var target: String
    /// The name of its ``CallPolicy``.
    public var policy: String
    /// Calls since the start, whatever became of them.
    public var calls: Int
    /// Attempts made; more than calls when some were repeated.
    public var attempts: Int
    /// Those of them that were made beside another one.
    public var hedges: Int
    /// Attempts that failed (``CallOutcome/failure``).
    public var failures: Int
    /// Those of them that took too long.
    public var timeouts: Int
    /// How the calls ended.
    public var ends: CallEnds
    /// Nil without a breaker.
    public var breaker: BreakerSnapshot?
    /// Nil without a bulkhead.
    public var bulkhead: BulkheadSnapshot?
    /// Retries that may be made at once; nil without retries.
    public var retriesSaved: Int?
    /// Whether an operator has said that nothing is made again.
    public var isBudgetHeld = false
    /// Attempts the limit lets through at this moment; nil without a limit.
    public var limitRemaining: Int?
}
