internal import FlotillaCore
internal import Synchronization

/// Keeps repeated calls a small share of all calls, so that retries cannot turn trouble into a storm.
///
/// Every first attempt pays in a share of a retry (20 %), time pays in a minimum, every retry takes
/// one out; what is saved up is bounded. Retries themselves pay nothing in. One budget is shared by
/// all callers of a target (Finagle, Linkerd and Envoy work alike).
/// Safe to share between tasks.
public final class RetryBudget: Sendable {
    /// How much may be repeated. Plain data.
    public struct Policy: Sendable, Hashable {
        /// Retries allowed as a share of first attempts, above 0 and up to 1.
        public var share: Double
        /// Retries a second allowed however few calls there are, 0 to 10,000.
        public var minimumPerSecond: Int
        /// No more retries than these are ever saved up, 1 to 100,000.
        public var savedMax: Int

        /// 20 % of the calls, but 10 a second in any case, unless told otherwise.
        public init(share: Double = 0.2, minimumPerSecond: Int = 10, savedMax: Int = 100) {
            self.share = share
            self.minimumPerSecond = minimumPerSecond
            self.savedMax = savedMax
        }

        func check(_ problems: inout PolicyProblems) {
            problems.requireShare(share, "retry.budget.share")
            problems.require(0...10_000, minimumPerSecond, "retry.budget.minimumPerSecond")
            problems.require(1...100_000, savedMax, "retry.budget.savedMax")
        }
    }

    private let machine: Mutex<RetryBudgetMachine>

    /// A budget that starts with a second's minimum saved up, on a clock that reads `now`.
    public init(_ policy: Policy, now: Duration) { machine = Mutex(RetryBudgetMachine(policy, now: now)) }

    /// Pays in for a first attempt.
    public func noteCall() { machine.withLock { $0.noteCall() } }

    /// Takes one retry out, if there is one.
    public func takeRetry(now: Duration) -> Bool { machine.withLock { $0.takeRetry(now: now) } }

    /// Whole retries saved up.
    public func saved(now: Duration) -> Int { machine.withLock { $0.saved(now: now) } }
}

/// The budget as a value. Millionths of a retry, so that shares and microseconds add up exactly.
struct RetryBudgetMachine: Sendable {
    private static let retry: Int64 = 1_000_000

    private let perCall: Int64
    private let perMicrosecond: Int64
    private let most: Int64
    private var balance: Int64
    private var refilledAt: Duration
    /// Calls since then. What they pay in is added when it is asked for: only saturating sums lie in between, so the
    /// order does not matter, and noting a call is one addition.
    private var calls: Int64 = 0

    init(_ policy: RetryBudget.Policy, now: Duration) {
        perCall = Int64(policy.share * Double(Self.retry))
        perMicrosecond = Int64(policy.minimumPerSecond)
        most = Int64(policy.savedMax) * Self.retry
        balance = min(most, max(1, Int64(policy.minimumPerSecond)) * Self.retry)
        refilledAt = now
    }

    mutating func noteCall() { noteCalls(1) }

    mutating func noteCalls(_ count: Int) { calls &+= Int64(count) }

    mutating func takeRetry(now: Duration) -> Bool {
        refill(now)
        guard balance >= Self.retry else { return false }
        balance -= Self.retry
        return true
    }

    mutating func saved(now: Duration) -> Int {
        refill(now)
        return Int(balance / Self.retry)
    }

    private mutating func refill(_ now: Duration) {
        // More calls, or a longer time, fill it in any case; the bounds keep the products from overflowing.
        balance = min(most, balance + min(calls, 1_000_000_000_000) * perCall)
        calls = 0
        let elapsed = (now - refilledAt).microseconds
        guard elapsed > 0 else { return }
        refilledAt += .microseconds(elapsed)
        balance = min(most, balance + min(elapsed, 1_000_000_000_000) * perMicrosecond)
    }
}
