public import FlotillaCore
public import FlotillaRuntime
internal import Synchronization

/// What one of several replicas runs on: a clock of its own, and tasks that can be stalled together.
///
/// A stall is what a process sees that is not scheduled for a while, swapped out, or on a machine that is suspended:
/// nothing of it happens, and when it goes on, it does not know that time has passed.
public final class SimulatedSeat: TaskExecutor {
    private struct State {
        var isStalled = false
        var waiting: [UnownedJob] = []
    }

    public let replica: Replica
    /// Its wall clock, which may be wrong.
    public let time: SimulatedTime
    public let world: World
    private let scheduler: SimulationScheduler
    private let state = Mutex(State())

    init(_ replica: Replica, seed: UInt64, scheduler: SimulationScheduler) {
        self.replica = replica
        self.scheduler = scheduler
        time = SimulatedTime(scheduler)
        world = World(time: time, random: SeededRandom(seed: StableSeed.make(seed, replica.description)))
    }

    public var isStalled: Bool { state.withLock { $0.isStalled } }

    /// From now on nothing of the replica goes on, but for single steps that are due already.
    public func stall() { state.withLock { $0.isStalled = true } }

    /// The replica goes on where it was.
    public func goOn() {
        let jobs = state.withLock { state in
            state.isStalled = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for job in jobs { scheduler.enqueue(job, on: asUnownedTaskExecutor()) }
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isStalled = state.withLock { state in
            if state.isStalled { state.waiting.append(job) }
            return state.isStalled
        }
        if !isStalled { scheduler.enqueue(job, on: asUnownedTaskExecutor()) }
    }
}
