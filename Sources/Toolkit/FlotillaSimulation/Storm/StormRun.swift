internal import FlotillaCore
internal import FlotillaResilience
internal import Synchronization

/// A storm from a seed: callers, their guard, a dependency and what happens to it, on a seeded scheduler in virtual
/// time; the invariants have the last word.
public enum StormRun {
    /// What a storm came to.
    public struct Report: Sendable {
        public let seed: UInt64
        public let storm: Storm
        /// In virtual time.
        public let duration: Duration
        /// Calls begun, and attempts and repetitions that arrived at the dependency.
        public let calls: Int
        public let attempts: Int
        public let retries: Int
        /// From the end of the event to the last call that failed; zero when none did afterwards.
        public let recovery: Duration
        /// A hash of the order of everything: the same seed has the same.
        public let trail: UInt64
        /// What was broken; nil: everything held.
        public let violation: Violation?
    }

    /// Runs it on this thread.
    public static func run(_ storm: Storm, seed: UInt64, mutant: StormMutant? = nil) -> Report {
        if storm == .overload { return OverloadRun.run(seed: seed, mutant: mutant) }
        let plan = StormPlan(storm, seed: seed)
        let scheduler = SimulationScheduler(seed: seed)
        let world = World(
            time: SimulatedTime(scheduler), random: SeededRandom(seed: StableSeed.make(seed, "storm callers")))
        let dependency = StormDependency(plan, mutant, world)
        let calls = StormCalls(plan, mutant, world)
        let tape = StormTape(plan)
        var stuck: Violation?
        do {
            try scheduler.run { try await play(plan, calls, dependency, tape, world) }
        } catch {
            stuck = Violation(invariant: "the run goes on", detail: "\(error)", at: scheduler.uptime)
        }
        let arrived = dependency.arrived
        return Report(
            seed: seed, storm: storm, duration: scheduler.uptime, calls: tape.calls, attempts: arrived.attempts,
            retries: arrived.retries, recovery: tape.recovery, trail: scheduler.trailHash,
            violation: stuck ?? tape.violation ?? doubled(dependency, plan))
    }

    private static func play(
        _ plan: StormPlan, _ calls: StormCalls, _ dependency: StormDependency, _ tape: StormTape, _ world: World
    ) async throws {
        let time = world.time
        await withTaskGroup(of: Void.self) { group in
            for caller in 0..<plan.callers {
                group.addTask { await call(caller, plan, calls, dependency, tape, world) }
            }
            group.addTask {
                do {
                    try await time.sleep(for: StormPlan.begin)
                    dependency.set(plan.event)
                    try await time.sleep(for: plan.eventTime)
                    dependency.set(nil)
                    try await time.sleep(for: plan.end - plan.calm)
                } catch {
                    // The end of the run comes earlier only when it is stuck, which the scheduler reports.
                }
            }
            group.addTask { await watch(dependency, plan, tape, time) }
            // Callers end by themselves when the time is over, except those that wait for ever: they are cancelled.
            var left = plan.callers + 2
            while left > 0, time.uptime < plan.end, await group.next() != nil { left -= 1 }
            group.cancelAll()
        }
        tape.checkOpenCalls(at: time.uptime)
    }

    /// Looks at the budget every second, while it happens: at the end there would be time to make good for it.
    private static func watch(
        _ dependency: StormDependency, _ plan: StormPlan, _ tape: StormTape, _ time: any TimeSource
    ) async {
        while time.uptime < plan.end {
            tape.checkBudget(dependency.arrived, at: time.uptime)
            do { try await time.sleep(for: .seconds(1)) } catch { return }
        }
    }

    private static func call(
        _ caller: Int, _ plan: StormPlan, _ calls: StormCalls, _ dependency: StormDependency, _ tape: StormTape,
        _ world: World
    ) async {
        let random = world.random
        var wait = StormPlan.pause * random.unit()
        while true {
            do { try await world.time.sleep(for: wait) } catch { return }
            guard world.time.uptime < plan.end else { return }
            let isUnsafe = random.unit() < plan.unsafeShare
            // Some things are asked for much more often than others.
            let draw = random.unit()
            let key = Int(draw * draw * Double(StormPlan.keys))
            let id = tape.begin(at: world.time.uptime)
            let hasAnswer: Bool
            do {
                let context = CallContext.root(world, timeout: .seconds(7_200))
                let counter = AttemptCounter()
                try await calls.run(context, isIdempotent: !isUnsafe) { _ in
                    try await dependency.serve(key, unsafeID: isUnsafe ? id : nil, isRetry: counter.next() > 1)
                }
                hasAnswer = true
            } catch {
                guard !Task.isCancelled else { return }
                hasAnswer = false
            }
            tape.end(id, hasAnswer: hasAnswer, isSafe: !isUnsafe, at: world.time.uptime)
            wait = StormPlan.pause * (0.5 + random.unit())
        }
    }

    private static func doubled(_ dependency: StormDependency, _ plan: StormPlan) -> Violation? {
        let count = dependency.doubled
        guard count > 0 else { return nil }
        return Violation(
            invariant: "what must not be done twice is done once",
            detail: "\(count) calls that must not be made twice were", at: plan.end)
    }
}

/// Numbers the attempts of one call.
private final class AttemptCounter: Sendable {
    private let value = Atomic(0)
    func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}
