internal import FlotillaCore
internal import Synchronization

/// Owns every job of a simulated run and the clock they see: one thread, one order, repeatable.
///
/// Ready jobs wait in a list; the next one is drawn with a seeded generator, so that every seed is another
/// interleaving and the same seed the same one. When none is ready, the clock jumps to the next sleeper: a
/// virtual hour costs what happens in it. Tasks, actors and streams below the root follow the executor
/// preference; an unstructured `Task {}` would not, which is why the code has none.
///
/// Deterministic simulation as in FoundationDB (Zhou et al., SIGMOD 2021).
public final class SimulationScheduler: TaskExecutor {
    private struct ReadyJob {
        var job: UnownedJob
        /// What it runs on: the scheduler, or a seat that belongs to it.
        var executor: UnownedTaskExecutor
    }

    private struct State {
        var ready: [ReadyJob] = []
        var sleepers = SleeperQueue()
        var now = Duration.zero
        var jobs: UInt64 = 0
        var foreignJobs: UInt64 = 0
        var trail: UInt64 = 0xCBF2_9CE4_8422_2325
    }

    private let random: SeededRandom
    private let state = Mutex(State())
    private let thread = Mutex<ThreadIdentity?>(nil)

    public init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// Virtual time since the start of the run.
    public var uptime: Duration { state.withLock { $0.now } }

    /// How many jobs have run.
    public var jobCount: UInt64 { state.withLock { $0.jobs } }

    /// Jobs that came from another thread: each may break the determinism. Zero in a sound run.
    public var foreignJobCount: UInt64 { state.withLock { $0.foreignJobs } }

    /// A hash of when each job ran and out of how many it was drawn: two runs that differ anywhere differ here.
    public var trailHash: UInt64 { state.withLock { $0.trail } }

    public func enqueue(_ job: consuming ExecutorJob) { enqueue(UnownedJob(job), on: asUnownedTaskExecutor()) }

    /// Takes a job that runs on an executor of the run's own, which has to outlive it.
    func enqueue(_ job: UnownedJob, on executor: UnownedTaskExecutor) {
        let owner = thread.withLock { $0 }
        let isForeign = owner.map { $0 != .current } ?? false
        state.withLock { state in
            state.ready.append(ReadyJob(job: job, executor: executor))
            if isForeign { state.foreignJobs += 1 }
        }
    }

    /// Runs `body` and everything it starts, on the calling thread, until it returns.
    ///
    /// - Parameter jobsMax: more jobs than this are taken for a loop without end.
    /// - Throws: what `body` throws; ``SimulationStuck`` when nothing is left that could happen, or after `jobsMax`.
    public func run<Result: Sendable>(
        jobsMax: UInt64 = 1_000_000_000, _ body: @escaping @Sendable () async throws -> Result
    ) throws -> Result {
        thread.withLock { $0 = .current }
        defer { thread.withLock { $0 = nil } }
        let outcome = Outcome<Result>()
        // The root of the simulated world; everything else is structured below it.
        let root = Task(executorPreference: self) {
            do { outcome.set(.success(try await body())) } catch { outcome.set(.failure(error)) }
        }
        let limit = jobCount &+ jobsMax
        while outcome.get == nil {
            guard runNext() || wakeNext() else {
                root.cancel()
                drain(limit: 100_000)
                throw SimulationStuck(
                    reason: "nothing is left that could happen, yet the run has not ended", at: uptime)
            }
            guard jobCount < limit else {
                throw SimulationStuck(reason: "\(jobsMax) jobs ran and the run has not ended", at: uptime)
            }
        }
        guard let result = outcome.get else { preconditionFailure("the loop ends with an outcome") }
        return try result.get()
    }

    /// Lets virtual time pass for the calling task. Ends early, with `CancellationError`, when it is cancelled.
    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        let ticket = state.withLock { $0.sleepers.makeTicket() }
        let hasSlept = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let hasBegun = state.withLock { state in
                    state.sleepers.begin(ticket, until: state.now + max(.zero, duration), .task(continuation))
                }
                if !hasBegun { continuation.resume(returning: false) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.end(ticket) }?.wake(isDue: false)
        }
        if !hasSlept { throw CancellationError() }
    }

    func alarm(after duration: Duration, _ action: @escaping @Sendable () -> Void) -> Alarm {
        let ticket = state.withLock { $0.sleepers.makeTicket() }
        let alarm = Alarm(action) { self.state.withLock { _ = $0.sleepers.end(ticket) } }
        state.withLock { state in
            _ = state.sleepers.begin(ticket, until: state.now + max(.zero, duration), .alarm(alarm))
        }
        return alarm
    }

    private func drain(limit: Int) {
        for _ in 0..<limit where !runNext() { return }
    }

    private func runNext() -> Bool {
        let next: ReadyJob? = state.withLock { state in
            let count = state.ready.count
            guard count > 0 else { return nil }
            let index = count == 1 ? 0 : Int(random.next() % UInt64(count))
            state.jobs += 1
            state.trail = (state.trail ^ UInt64(index) ^ UInt64(count) << 20) &* 0x100_0000_01B3
            state.ready.swapAt(index, count - 1)
            return state.ready.removeLast()
        }
        guard let next else { return false }
        next.job.runSynchronously(on: next.executor)
        return true
    }

    /// Moves the clock to the next sleeper and wakes it and all that are due then.
    private func wakeNext() -> Bool {
        let due: [Sleeper] = state.withLock { state in
            guard let next = state.sleepers.nextDue else { return [] }
            if next > state.now {
                state.now = next
                state.trail = (state.trail ^ UInt64(bitPattern: next.microseconds)) &* 0x100_0000_01B3
            }
            var due: [Sleeper] = []
            while let sleeper = state.sleepers.endNext(by: state.now) { due.append(sleeper) }
            return due
        }
        for sleeper in due { sleeper.wake(isDue: true) }
        return !due.isEmpty || state.withLock { $0.sleepers.nextDue != nil }
    }
}

/// A run that cannot go on, which is always a defect: of a service that waits for what nobody will do, or of a test.
public struct SimulationStuck: Error, CustomStringConvertible {
    public let reason: String
    public let at: Duration

    public var description: String { "the simulation is stuck after \(at) of virtual time: \(reason)" }
}

private final class Outcome<Value: Sendable>: Sendable {
    private let value = Mutex<Result<Value, any Error>?>(nil)
    var get: Result<Value, any Error>? { value.withLock { $0 } }
    func set(_ result: Result<Value, any Error>) { value.withLock { $0 = result } }
}
