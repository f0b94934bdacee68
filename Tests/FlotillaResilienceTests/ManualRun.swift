internal import FlotillaCore
internal import Synchronization

/// Runs async code on the test's own thread, on a clock that moves on only when nothing else can.
///
/// All that is ready runs first, in order of arrival; then the clock moves by a millisecond. The same
/// test does the same thing every time, however busy the machine is.
final class ManualRun: TaskExecutor {
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
        let run = ManualRun()
        let world = World.manual(run.time)
        let outcome = Outcome<T>()
        Task(executorPreference: run) {
            do { outcome.set(.success(try await body(world))) } catch { outcome.set(.failure(error)) }
        }
        while true {
            run.drain()
            if let result = outcome.result { return try result.get() }
            guard run.time.uptime < limit else { throw Stuck() }
            run.time.advance(by: .milliseconds(1))
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

/// What came of the code that a test runs on its own thread, once it is there.
final class Outcome<T: Sendable>: Sendable {
    private let state = Mutex<Result<T, any Error>?>(nil)
    var result: Result<T, any Error>? { state.withLock { $0 } }
    func set(_ result: Result<T, any Error>) { state.withLock { $0 = result } }
}

/// What a test saw, in order.
final class Record<Entry: Sendable>: Sendable {
    private let state = Mutex<[Entry]>([])
    var entries: [Entry] { state.withLock { $0 } }
    func add(_ entry: Entry) { state.withLock { $0.append(entry) } }
}

extension CallContext {
    static func test(_ world: World, within timeout: Duration = .seconds(60)) -> CallContext {
        .root(world, timeout: timeout)
    }
}

extension ServiceError {
    /// An error of a kind as it comes by default.
    static func of(_ kind: ErrorKind, retryAfter: Duration? = nil) -> ServiceError {
        ServiceError(kind, "made-\(kind.rawValue)", "Made by a test.", retryAfter: retryAfter)
    }
}
