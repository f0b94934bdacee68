internal import Dispatch
internal import FlotillaCore
internal import Foundation
internal import Synchronization

/// One thread of its own for work that takes long, so that it never holds up the threads all tasks share.
///
/// Jobs run in the order in which they came. At most `queueMax` wait; more are refused at once, which tells callers
/// to come back instead of letting everybody wait for ever.
final class WorkThread: Sendable {
    private struct Job {
        var id: UInt64
        /// Called exactly once: with nil to do the work, with an error to refuse it.
        var run: @Sendable (_ refusal: (any Error)?) -> Void
    }

    private struct State {
        var nextID: UInt64 = 0
        var jobs: [Job] = []
        var cancelled: Set<UInt64> = []
        var isStopping = false
        var hasStopped = false
        var stopWaiters: [CheckedContinuation<Void, Never>] = []
    }

    /// What the thread itself holds: not the ``WorkThread``, whose end is the sign to stop.
    private final class Lane: Sendable {
        let state = Mutex(State())
        /// Counts the jobs that came and the order to stop; a count without a job is harmless.
        let signal = DispatchSemaphore(value: 0)

        func drain() {
            while true {
                signal.wait()
                let (job, isOver) = state.withLock { state -> (Job?, Bool) in
                    if !state.jobs.isEmpty { return (state.jobs.removeFirst(), false) }
                    return (nil, state.isStopping)
                }
                job?.run(nil)
                if isOver { break }
            }
            let waiters = state.withLock { state in
                state.hasStopped = true
                defer { state.stopWaiters = [] }
                return state.stopWaiters
            }
            for waiter in waiters { waiter.resume() }
        }

        func stop(because error: any Error) {
            let jobs = state.withLock { state in
                state.isStopping = true
                defer { state.jobs = [] }
                return state.jobs
            }
            for job in jobs { job.run(error) }
            signal.signal()
        }
    }

    private let lane = Lane()
    private let name: String
    private let queueMax: Int

    /// - Parameter name: shown by debuggers; at most 15 characters.
    init(name: String, queueMax: Int) {
        self.name = name
        self.queueMax = queueMax
        let lane = self.lane
        let thread = Thread { lane.drain() }
        thread.name = name
        thread.start()
    }

    deinit { lane.stop(because: stopped) }

    /// How many jobs wait.
    var queueCount: Int { lane.state.withLock { $0.jobs.count } }

    /// Runs `work` on the thread.
    ///
    /// - Throws: what `work` throws; ``ServiceError`` `hashing-busy` when the queue is full or the thread has stopped;
    ///   `CancellationError` when the task is cancelled before the work began.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let id = lane.state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        defer { lane.state.withLock { _ = $0.cancelled.remove(id) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                submit(
                    Job(id: id) { refusal in
                        if let refusal {
                            continuation.resume(throwing: refusal)
                        } else {
                            continuation.resume(with: Result { try work() })
                        }
                    })
            }
        } onCancel: {
            let job = lane.state.withLock { state -> Job? in
                if let index = state.jobs.firstIndex(where: { $0.id == id }) { return state.jobs.remove(at: index) }
                state.cancelled.insert(id)
                return nil
            }
            job?.run(CancellationError())
        }
    }

    /// Refuses what waits, lets the job that runs finish, and returns when the thread has ended.
    func shutdown() async {
        lane.stop(because: stopped)
        await withCheckedContinuation { continuation in
            let hasStopped = lane.state.withLock { state in
                if !state.hasStopped { state.stopWaiters.append(continuation) }
                return state.hasStopped
            }
            if hasStopped { continuation.resume() }
        }
    }

    private func submit(_ job: Job) {
        let refusal: (any Error)? = lane.state.withLock { state in
            if state.cancelled.contains(job.id) { return CancellationError() }
            if state.isStopping { return stopped }
            if state.jobs.count >= queueMax { return busy }
            state.jobs.append(job)
            return nil
        }
        if let refusal { job.run(refusal) } else { lane.signal.signal() }
    }

    private var busy: ServiceError {
        ServiceError(
            .unavailable, "hashing-busy", "Too many people sign in at this moment; try again in a few seconds.",
            retryAfter: .seconds(2))
    }

    private var stopped: ServiceError {
        ServiceError(
            .unavailable, "hashing-busy", "The service is stopping; try again shortly.", retryAfter: .seconds(2))
    }
}
