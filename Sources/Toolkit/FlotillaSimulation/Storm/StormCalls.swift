internal import FlotillaCore
internal import FlotillaResilience
internal import Synchronization

/// The calls of a storm's callers: through a guard by the policy of the storm, or by what a mutant made of it.
final class StormCalls: Sendable {
    /// What one attempt may take.
    static let timeout = Duration.milliseconds(500)
    static let attemptsMax = 3
    static let budget = RetryBudget.Policy(share: 0.2, minimumPerSecond: 2, savedMax: 20)

    private let subject: CallGuard
    private let mutant: StormMutant?
    /// Until when the breaker that counts its own refusals refuses.
    private let shutUntil = Mutex(Duration.zero)
    private let time: any TimeSource

    init(_ plan: StormPlan, _ mutant: StormMutant?, _ world: World) {
        subject = CallGuard(target: "callers → callee", policy: Self.policy(plan, mutant), world: world)
        self.mutant = mutant
        time = world.time
    }

    var snapshot: GuardSnapshot { subject.snapshot() }

    /// The longest a call may take: every attempt and every wait to its end, and some for the wait for room.
    static let longest = timeout * attemptsMax + .seconds(3)

    func run(
        _ context: CallContext, isIdempotent: Bool, _ body: @escaping @Sendable (CallContext) async throws -> Void
    ) async throws {
        guard mutant == .breakerCountsRefusals else {
            return try await subject.run(
                context, isIdempotent: isIdempotent || mutant == .repeatsUnsafeCalls, body)
        }
        let now = time.uptime
        let isShut = shutUntil.withLock { until in
            guard now < until else { return false }
            until = now + Self.openFor
            return true
        }
        if isShut { throw ServiceError.unavailable("callee") }
        do {
            try await subject.run(context, isIdempotent: isIdempotent, body)
        } catch let error as any DescribedError where error.slug == "circuit-open" {
            shutUntil.withLock { $0 = now + Self.openFor }
            throw error
        }
    }

    private static let openFor = Duration.seconds(1)

    /// Short openings, so that full service is back soon; room for what the dependency can do in less than a timeout,
    /// when it finds nothing in its cache.
    private static func policy(_ plan: StormPlan, _ mutant: StormMutant?) -> CallPolicy {
        let slowest = plan.work * StormPlan.missCost
        let room = max(2, Int(0.7 * Double(timeout.microseconds) / Double(slowest.microseconds)))
        var policy = CallPolicy(
            name: "storm", timeout: timeout,
            retry: RetryPolicy(
                attemptsMax: attemptsMax, backoff: Backoff(first: .milliseconds(200), longest: .milliseconds(800)),
                budget: budget),
            breaker: BreakerPolicy(openFor: openFor, growth: 2, openForMax: .seconds(4), trials: 3),
            bulkhead: BulkheadPolicy(concurrencyMax: room, queueMax: room, waitMax: .milliseconds(250)))
        let endless = RetryBudget.Policy(share: 1, minimumPerSecond: 10_000, savedMax: 100_000)
        switch mutant {
        case .noRetryBudget: policy.retry?.budget = endless
        case .breakerStaysOpen:
            policy.breaker?.openForMax = .seconds(3_600)
            policy.breaker?.openFor = .seconds(3_600)
        case .noTimeout: policy.timeout = .seconds(3_600)
        case .noBulkhead: policy.bulkhead = nil
        case .unprotected:
            policy.retry?.budget = endless
            policy.breaker = nil
            policy.bulkhead = nil
        case .breakerCountsRefusals, .repeatsUnsafeCalls, .noDoor, .limitCountsRefusals, .limitNeverForgets,
            .limitNeverGrows, .priorityIgnored, .permitsLeak, nil:
            break
        }
        return policy
    }
}
