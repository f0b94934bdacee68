public import FlotillaCore
internal import Synchronization

/// Every call to another service or provider goes through one of these.
///
/// The order: room in the bulkhead, once for the call; then for each attempt the breaker's leave and
/// the timeout; after a failure the retry decides. The breaker is asked before every attempt, so that
/// it sees what the callee sees, a half-open one makes one trial and not three, and repeating stops
/// when it opens. Nothing goes beyond the deadline of the context.
///
/// Safe to share between tasks. A call that succeeds at once takes a few uncontended locks besides
/// the child task and the alarm of its timeout.
public final class CallGuard: Sendable {
    /// Whom the calls are for: `orders → catalog.GetProducts`.
    public let target: String
    /// What it goes by.
    public let policy: CallPolicy
    private let breaker: CircuitBreaker?
    private let bulkhead: Bulkhead?
    private let budget: RetryBudget?
    private let world: World
    private let observer: GuardObserver?
    private let calls = Atomic(0)
    private let attempts = Atomic(0)
    private let failures = Atomic(0)
    private let timeouts = Atomic(0)
    private let ends = CallEndsTally()

    /// A guard without a past. The policy must be without ``CallPolicy/problems()``.
    public init(target: String, policy: CallPolicy, world: World, observer: GuardObserver? = nil) {
        precondition(policy.problems().isEmpty, "\(policy.name): " + policy.problems().joined(separator: "; "))
        self.target = target
        self.policy = policy
        self.world = world
        self.observer = observer
        bulkhead = policy.bulkhead.map { Bulkhead(target: target, policy: $0, time: world.time) }
        budget = policy.retry.map { RetryBudget($0.budget, now: world.time.uptime) }
        let policyName = policy.name
        breaker = policy.breaker.map { policy in
            CircuitBreaker(target: target, policy: policy, time: world.time) { from, to in
                observer?(
                    GuardEvent(
                        target: target, policy: policyName, kind: .breakerChanged(from: from, to: to), context: nil))
            }
        }
    }

    /// Makes a call.
    ///
    /// - Parameters:
    ///   - isIdempotent: whether it may be made twice; if not, it is attempted once.
    ///   - body: one attempt. Its context has the deadline of the attempt; it must end soon after its cancellation.
    /// - Throws: what the last attempt threw; `timeout`; `circuit-open` or `bulkhead-full` (unavailable)
    ///   when no attempt was made; `CancellationError`.
    public nonisolated(nonsending) func run<T: Sendable>(
        _ context: CallContext, isIdempotent: Bool = true,
        _ body: @escaping @Sendable (CallContext) async throws -> T
    ) async throws -> T {
        calls.add(1, ordering: .relaxed)
        guard !context.deadline.isOver(on: world.time) else {
            ends.addRefused()
            report(.refused(.deadline), context)
            throw ServiceError.timeout(target)
        }
        guard let bulkhead else { return try await attempt(context, isIdempotent, body) }
        do {
            try await bulkhead.enter(before: context.deadline)
        } catch {
            if error is ServiceError {
                ends.addRefused()
                report(.refused(.bulkhead), context)
            } else {
                ends.add(.abandoned)
            }
            throw error
        }
        defer { bulkhead.leave() }
        return try await attempt(context, isIdempotent, body)
    }

    /// Makes a call, and answers from `fallback` when the callee cannot: it failed, was too late or was not asked.
    ///
    /// The caller's own faults and its cancellation are thrown as ever.
    public nonisolated(nonsending) func run<T: Sendable>(
        _ context: CallContext, isIdempotent: Bool = true,
        _ body: @escaping @Sendable (CallContext) async throws -> T,
        fallback: (any Error) async throws -> T
    ) async throws -> T {
        do {
            return try await run(context, isIdempotent: isIdempotent, body)
        } catch {
            guard CallOutcome(of: error) == .failure, !Task.isCancelled else { throw error }
            report(.fellBack(slug: slug(of: error)), context)
            return try await fallback(error)
        }
    }

    /// Holds the breaker open, closed or disabled; nil lets it go. Without a breaker nothing happens.
    public func force(_ force: BreakerForce?) { breaker?.force(force) }

    /// What it looks like now.
    public func snapshot() -> GuardSnapshot {
        GuardSnapshot(
            target: target, policy: policy.name, calls: calls.load(ordering: .relaxed),
            attempts: attempts.load(ordering: .relaxed), hedges: 0, failures: failures.load(ordering: .relaxed),
            timeouts: timeouts.load(ordering: .relaxed), ends: ends.now, breaker: breaker?.snapshot(),
            bulkhead: bulkhead?.snapshot(), retriesSaved: budget?.saved(now: world.time.uptime))
    }

    private nonisolated(nonsending) func attempt<T: Sendable>(
        _ context: CallContext, _ isIdempotent: Bool, _ body: @escaping @Sendable (CallContext) async throws -> T
    ) async throws -> T {
        let time = world.time
        var retry = RetryMachine(policy.retry, isIdempotent: isIdempotent)
        var lastError: (any Error)?
        var started = time.uptime
        budget?.noteCall(now: started)
        while true {
            let permit = try admit(context, started, lastError)
            attempts.add(1, ordering: .relaxed)
            let caught: any Error
            do {
                var inner = context
                inner.deadline = min(context.deadline, Deadline(uptime: started + policy.timeout))
                let value = try await withDeadline(inner, on: time, of: target, body)
                finish(permit, .success, started)
                ends.add(.success)
                return value
            } catch {
                caught = error
            }
            let outcome = Task.isCancelled ? CallOutcome.abandoned : CallOutcome(of: caught)
            finish(permit, outcome, started)
            note(caught, outcome)
            guard let wait = wait(after: caught, outcome, &retry, context) else {
                ends.add(outcome)
                throw caught
            }
            do {
                try await time.sleep(for: wait)
            } catch {
                ends.add(.abandoned)
                throw error
            }
            lastError = caught
            started = time.uptime
        }
    }

    /// The breaker's leave. A refusal between attempts ends the call with what the last one threw.
    private func admit(
        _ context: CallContext, _ now: Duration, _ lastError: (any Error)?
    ) throws -> BreakerPermit? {
        guard let breaker else { return nil }
        do {
            return try breaker.admit(now: now)
        } catch {
            report(.refused(.breaker), context)
            guard let lastError else {
                ends.addRefused()
                throw error
            }
            ends.add(CallOutcome(of: lastError))
            throw lastError
        }
    }

    private func finish(_ permit: BreakerPermit?, _ outcome: CallOutcome, _ started: Duration) {
        guard let breaker, let permit else { return }
        let now = world.time.uptime
        breaker.record(permit, outcome, took: now - started, now: now)
    }

    private func note(_ error: any Error, _ outcome: CallOutcome) {
        guard outcome == .failure else { return }
        failures.add(1, ordering: .relaxed)
        if (error as? any DescribedError)?.kind == .timeout { timeouts.add(1, ordering: .relaxed) }
    }

    /// How long to wait before the next attempt; nil when there is none.
    private func wait(
        after error: any Error, _ outcome: CallOutcome, _ retry: inout RetryMachine, _ context: CallContext
    ) -> Duration? {
        guard outcome != .abandoned else { return nil }
        let now = world.time.uptime
        let decision = retry.afterFailure(
            error, remaining: context.deadline.uptime - now, chance: world.random.unit(),
            takeBudget: { budget?.takeRetry(now: now) ?? false })
        switch decision {
        case .retry(let wait):
            report(.retrying(attempt: retry.failures, slug: slug(of: error), wait: wait), context)
            return wait
        case .giveUp(let reason):
            report(
                .failed(attempt: retry.failures, slug: slug(of: error), outcome: outcome, because: reason), context)
            return nil
        }
    }

    private func slug(of error: any Error) -> String {
        (error as? any DescribedError)?.slug ?? "undescribed"
    }

    private func report(_ kind: GuardEvent.Kind, _ context: CallContext) {
        observer?(GuardEvent(target: target, policy: policy.name, kind: kind, context: context))
    }
}
