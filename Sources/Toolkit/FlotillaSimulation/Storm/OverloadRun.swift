internal import FlotillaCore
internal import FlotillaResilience

/// An overload from a seed: customers who come whether or not there is room, a door with an adaptive limit, and a
/// service behind it that can do so much and no more, on a seeded scheduler in virtual time.
enum OverloadRun {
    /// Who takes part.
    private struct Cast: Sendable {
        let plan: OverloadPlan
        let world: World
        let service: OverloadService
        let door: StormDoor
        let inner: CallGuard
        /// By the index of their priority.
        let customers: [CallGuard]
        let tape: OverloadTape
    }

    static func run(seed: UInt64, mutant: StormMutant?) -> StormRun.Report {
        let plan = OverloadPlan(seed: seed)
        let scheduler = SimulationScheduler(seed: seed)
        let world = World(
            time: SimulatedTime(scheduler), random: SeededRandom(seed: StableSeed.make(seed, "overload customers")))
        let cast = Cast(
            plan: plan, world: world, service: OverloadService(plan, world),
            door: StormDoor(OverloadPlan.door, kinds: OverloadPlan.priorities.count, mutant, world),
            inner: CallGuard(target: "door → service", policy: OverloadPlan.inner, world: world),
            customers: OverloadPlan.patience.map { patience in
                CallGuard(target: "customers → door", policy: OverloadPlan.customer(patience), world: world)
            }, tape: OverloadTape(plan))
        var stuck: Violation?
        do {
            try scheduler.run { await play(cast) }
        } catch {
            stuck = Violation(invariant: "the run goes on", detail: "\(error)", at: scheduler.uptime)
        }
        let counts = cast.tape.counts
        let door = cast.door.snapshot
        return StormRun.Report(
            seed: seed, storm: .overload, duration: scheduler.uptime, calls: counts.calls,
            attempts: door.calls.map(\.admitted).reduce(0, +), retries: counts.repeated, recovery: cast.tape.recovery,
            trail: scheduler.trailHash, violation: stuck ?? cast.tape.violation(inFlight: door.inFlight))
    }

    private static func play(_ cast: Cast) async {
        let (plan, time) = (cast.plan, cast.world.time)
        await withDiscardingTaskGroup { group in
            group.addTask {
                do {
                    try await time.sleep(for: OverloadPlan.begin)
                    cast.service.beginEvent()
                    try await time.sleep(for: plan.eventTime)
                    cast.service.endEvent()
                } catch {
                    // The run does not end before.
                }
            }
            let random = cast.world.random
            while time.uptime < plan.end {
                // Nobody waits for anybody.
                let gap = Duration.seconds(2 * random.unit() / plan.load(at: time.uptime))
                do { try await time.sleep(for: gap) } catch { return }
                group.addTask { await visit(cast) }
            }
        }
    }

    /// One customer wants one thing, and asks for it again if there is no answer, or not.
    private static func visit(_ cast: Cast) async {
        let random = cast.world.random
        var (draw, kind) = (random.unit(), 0)
        while kind < cast.plan.shares.count - 1, draw >= cast.plan.shares[kind] {
            draw -= cast.plan.shares[kind]
            kind += 1
        }
        for attempt in 1...OverloadPlan.triesMax {
            let began = cast.world.time.uptime
            let failure = await ask(kind, cast)
            cast.tape.note(
                kind, isServed: failure == nil, isRepeated: attempt > 1, began: began, ended: cast.world.time.uptime)
            guard let failure, random.unit() < cast.plan.insistence else { return }
            let pause = (failure as? any DescribedError)?.retryAfter ?? .milliseconds(200)
            do { try await cast.world.time.sleep(for: pause * (1 + random.unit())) } catch { return }
        }
    }

    /// - Returns: why there was no answer; nil: there was one.
    private static func ask(_ kind: Int, _ cast: Cast) async -> (any Error)? {
        do {
            try await cast.customers[kind].run(.root(cast.world, timeout: .seconds(60))) { context in
                try await cast.door.run(OverloadPlan.priorities[kind], kind: kind) {
                    try await cast.inner.run(context) { _ in try await cast.service.serve(kind) }
                }
            }
            return nil
        } catch {
            return error
        }
    }
}
