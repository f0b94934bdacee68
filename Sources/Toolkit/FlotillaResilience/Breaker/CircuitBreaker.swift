public import FlotillaCore
internal import Synchronization

/// Stops calling a callee that fails, so that callers fail fast and it can recover (Nygard, "Release It!").
///
/// Safe to share between tasks; the lock is held for some additions, never across a wait.
/// What counts is decided by ``CallOutcome``: a caller's own faults, cancelled calls and the
/// breaker's own refusals never open it.
public final class CircuitBreaker: Sendable {
    /// Whom it protects the caller from; stands in its refusals.
    public let target: String
    private let time: any TimeSource
    private let machine: Mutex<BreakerMachine>
    private let onChange: (@Sendable (BreakerState, BreakerState) -> Void)?

    /// - Parameter onChange: told of every change of state (from, to), outside the lock, on the caller's task.
    public init(
        target: String, policy: BreakerPolicy, time: any TimeSource,
        onChange: (@Sendable (BreakerState, BreakerState) -> Void)? = nil
    ) {
        precondition(policy.problems().isEmpty, policy.problems().joined(separator: "; "))
        self.target = target
        self.time = time
        self.machine = Mutex(BreakerMachine(policy))
        self.onChange = onChange
    }

    /// Makes one call if the breaker allows it, and counts its outcome.
    ///
    /// - Throws: what `body` throws, or `circuit-open` (unavailable, with `retryAfter`).
    public nonisolated(nonsending) func run<T>(_ body: () async throws -> T) async throws -> T {
        let permit = try admit()
        let started = time.uptime
        do {
            let value = try await body()
            record(permit, .success, took: time.uptime - started)
            return value
        } catch {
            record(permit, Task.isCancelled ? .abandoned : CallOutcome(of: error), took: time.uptime - started)
            throw error
        }
    }

    /// Asks for leave to make one call. Its outcome must be given to ``record(_:_:took:)``.
    ///
    /// - Throws: `circuit-open` (unavailable), with the time after which a trial is let through.
    public func admit() throws(ServiceError) -> BreakerPermit { try admit(now: time.uptime) }

    /// Counts the outcome of an admitted call, and how long it took.
    public func record(_ permit: BreakerPermit, _ outcome: CallOutcome, took: Duration) {
        record(permit, outcome, took: took, now: time.uptime)
    }

    /// Holds it open, closed or disabled for an operator; nil hands it back to its counting, closed and with nothing
    /// counted.
    public func force(_ force: BreakerForce?) {
        let now = time.uptime
        change { $0.force(force, now: now) }
    }

    /// What it looks like now.
    public func snapshot() -> BreakerSnapshot {
        let now = time.uptime
        return machine.withLock { $0.snapshot(target: target, now: now) }
    }

    func admit(now: Duration) throws(ServiceError) -> BreakerPermit {
        switch change({ $0.admit(now: now) }) {
        case .admitted(let permit): return permit
        case .refused(let retryAfter):
            throw ServiceError.circuitOpen(target, retryAfter)
        }
    }

    func record(_ permit: BreakerPermit, _ outcome: CallOutcome, took: Duration, now: Duration) {
        change { $0.record(permit, outcome, took: took, now: now) }
    }

    @discardableResult
    private func change<T: Sendable>(_ body: (inout BreakerMachine) -> T) -> T {
        let (result, before, after) = machine.withLock { machine in
            let before = machine.state
            let result = body(&machine)
            return (result, before, machine.state)
        }
        if before != after, let onChange { onChange(before, after) }
        return result
    }
}

extension ServiceError {
    /// The breaker of `target` refuses for so long.
    static func circuitOpen(_ target: String, _ retryAfter: Duration) -> ServiceError {
        ServiceError(
            .unavailable, "circuit-open",
            "\(target) is temporarily unavailable: it failed too often and is given time to recover.",
            retryAfter: retryAfter)
    }
}
