internal import FlotillaCore
internal import Synchronization

/// Runs async code on the test's own thread, on a clock that jumps to whoever is due next.
///
/// Unlike ``ManualRun`` it does not go through every millisecond, and tens of thousands may sleep: an hour costs
/// what happens in it. All that is ready runs first, in order of arrival, so that the same test always does the same.
final class VirtualRun: TaskExecutor, TimeSource {
    /// Nothing is left that could happen, or it took too long on the clock.
    struct Stuck: Error { var at: Duration }

    private struct State {
        var now = Duration.zero
        var sleepers = SleeperQueue()
    }

    private let state = Mutex(State())
    private let ready = Mutex<[UnownedJob]>([])

    /// The result of `body`, which may take up to `limit` on the clock.
    static func of<T: Sendable>(
        seed: UInt64 = 1, limit: Duration = .seconds(3_600), _ body: @escaping @Sendable (World) async throws -> T
    ) throws -> T {
        let run = VirtualRun()
        let world = World(time: run, random: SeededRandom(seed: seed))
        let outcome = Outcome<T>()
        Task(executorPreference: run) {
            do { outcome.set(.success(try await body(world))) } catch { outcome.set(.failure(error)) }
        }
        while true {
            run.drain()
            if let result = outcome.result { return try result.get() }
            guard run.uptime < limit, run.wakeNext() else { throw Stuck(at: run.uptime) }
        }
    }

    // MARK: Jobs

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        ready.withLock { $0.append(job) }
    }

    private func drain() {
        while true {
            let jobs = ready.withLock { ready in
                defer { ready = [] }
                return ready
            }
            if jobs.isEmpty { return }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }

    /// Moves the clock to the next sleeper and wakes all that are due then; false when nobody sleeps.
    private func wakeNext() -> Bool {
        let due: [Sleeper] = state.withLock { state in
            guard let next = state.sleepers.nextDue else { return [] }
            state.now = max(state.now, next)
            var due: [Sleeper] = []
            while let sleeper = state.sleepers.endNext(by: state.now) { due.append(sleeper) }
            return due
        }
        for sleeper in due { sleeper.wake(isDue: true) }
        return !due.isEmpty || state.withLock { $0.sleepers.nextDue != nil }
    }

    // MARK: The clock

    var now: Timestamp { Timestamp(seconds: 1_767_225_600) + uptime }

    var uptime: Duration { state.withLock { $0.now } }

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
}
