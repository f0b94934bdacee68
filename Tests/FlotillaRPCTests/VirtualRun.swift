internal import FlotillaCore
internal import Synchronization

/// Runs a caller and its callees on the test's own thread, on a clock that moves on only when nothing else can.
///
/// All that is ready runs first, in order of arrival; then the clock moves by a millisecond. Hosts and calls are
/// structured below it, so that their tasks run here, too, and a test does the same thing every time.
final class VirtualRun: TaskExecutor {
    struct Stuck: Error {}

    let time = ManualTime()
    private let ready = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        ready.withLock { $0.append(job) }
    }

    /// The result of `body`, which may take up to `limit` on the clock.
    static func of<T: Sendable>(
        limit: Duration = .seconds(300), _ body: @escaping @Sendable (World) async throws -> T
    ) throws -> T {
        let run = VirtualRun()
        return try run.drive(body, .manual(run.time), limit)
    }

    private func drive<T: Sendable>(
        _ body: @escaping @Sendable (World) async throws -> T, _ world: World, _ limit: Duration
    ) throws -> T {
        let outcome = Seen<Result<T, any Error>>()
        Task(executorPreference: self) {
            do { outcome.set(.success(try await body(world))) } catch { outcome.set(.failure(error)) }
        }
        while true {
            drain()
            if let result = outcome.value { return try result.get() }
            guard time.uptime < limit else { throw Stuck() }
            time.advance(by: .milliseconds(1))
        }
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
}
