/// How long to wait before the next attempt.
public struct Backoff: Sendable, Hashable {
    /// How much of the wait is left to chance, so that callers who failed together do not return together.
    public enum Jitter: Sendable, Hashable {
        /// None: for tests and for callers that are alone.
        case none
        /// The wait plus or minus this share of it, above 0 and up to 1; `0.1` is the gentle default.
        case share(Double)
        /// Anywhere from nothing to the whole wait (Brooker, "Exponential Backoff And Jitter").
        case full
        /// Anywhere from `first` to three times the wait before, up to `longest` (Brooker, "Exponential Backoff And
        /// Jitter"): callers that failed together drift apart more with every failure. ``factor`` has no part in it.
        case decorrelated
    }

    /// The wait before the second attempt, 1 ms to 1 hour.
    public var first: Duration
    /// Each wait is the one before times this, 1 (fixed) to 10.
    public var factor: Double
    /// No wait is longer (before jitter), 1 ms to 1 hour.
    public var longest: Duration
    /// What is left to chance.
    public var jitter: Jitter

    /// 500, 1000, 2000 ms, each give or take 10 %, unless told otherwise.
    public init(
        first: Duration = .milliseconds(500), factor: Double = 2, longest: Duration = .milliseconds(2000),
        jitter: Jitter = .share(0.1)
    ) {
        self.first = first
        self.factor = factor
        self.longest = longest
        self.jitter = jitter
    }

    /// The same wait every time.
    public static func fixed(_ wait: Duration, jitter: Jitter = .share(0.1)) -> Backoff {
        Backoff(first: wait, factor: 1, longest: wait, jitter: jitter)
    }

    /// The wait after the `failures`-th failure (from 1) in a row.
    ///
    /// - Parameters:
    ///   - chance: from 0 to below 1, see `RandomSource.unit()`.
    ///   - last: the wait before; nil after the first failure.
    public func wait(afterFailure failures: Int, chance: Double, last: Duration? = nil) -> Duration {
        let plain = plainWait(afterFailure: failures)
        return switch jitter {
        case .none: plain
        case .share(let share): plain * (1 + share * (2 * chance - 1))
        case .full: plain * chance
        case .decorrelated: min(longest, first + (max(first, (last ?? first) * 3) - first) * chance)
        }
    }

    /// The longest wait that can come of it after the `failures`-th failure.
    func longestWait(afterFailure failures: Int) -> Duration {
        let plain = plainWait(afterFailure: failures)
        switch jitter {
        case .none, .full: return plain
        case .share(let share): return plain * (1 + share)
        case .decorrelated:
            var wait = first
            for _ in 0..<max(1, failures) where wait < longest { wait *= 3 }
            return min(wait, longest)
        }
    }

    private func plainWait(afterFailure failures: Int) -> Duration {
        var wait = first
        // Stops at the longest wait, so that no number of failures can overflow it.
        for _ in 1..<max(1, failures) where wait < longest { wait *= factor }
        return min(wait, longest)
    }

    func check(_ problems: inout PolicyProblems) {
        problems.require(.milliseconds(1) ... .seconds(3600), first, "retry.backoff.first")
        problems.require(.milliseconds(1) ... .seconds(3600), longest, "retry.backoff.longest")
        if !(1...10).contains(factor) { problems.add("retry.backoff.factor is \(factor); allowed are 1 to 10") }
        if case .share(let share) = jitter { problems.requireShare(share, "retry.backoff.jitter") }
    }
}

extension Duration {
    fileprivate static func *= (left: inout Duration, factor: Double) { left = left * factor }
}
