#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Wakes the tasks that sleep on the machine's clock and rings its alarms, from one thread for the whole process.
///
/// Almost every sleep is a timeout that ends early because the answer came. The concurrency runtime
/// keeps the timer of such a sleep until it would have been due, over a kilobyte for every call of the
/// last seconds; here ending early takes it out.
final class SleepThread: @unchecked Sendable {
    // Sendable because `queue` and `wakesAt` are touched under `mutex` only, and the rest never changes.

    /// The clock is the process's, and so is the thread. It starts with the first sleep.
    static let shared = SleepThread()

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let start = ContinuousClock.now
    private var queue = SleeperQueue()
    /// When the thread looks again without being told to; zero while it is about to look.
    private var wakesAt: Duration = .zero

    private init() {
        pthread_mutex_init(mutex, nil)
        initialize(condition)
        // The new thread waits in `shared` until this initialiser has ended.
        #if canImport(Darwin)
            var handle: pthread_t?
        #else
            var handle = pthread_t()
        #endif
        let code = pthread_create(
            &handle, nil,
            { _ in
                SleepThread.shared.wakeSleepers()
                return nil
            }, nil)
        precondition(code == 0, "the system refused a thread (code \(code))")
    }

    /// Sleeps for `duration`, or until the task is cancelled.
    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        guard duration > .zero else { return }
        let due = moment(after: duration)
        let ticket = locked { queue.makeTicket() }
        let hasSlept = await withTaskCancellationHandler {
            await withCheckedContinuation { begin(ticket, until: due, .task($0)) }
        } onCancel: {
            locked { queue.end(ticket) }?.wake(isDue: false)
        }
        if !hasSlept { throw CancellationError() }
    }

    /// Rings in `duration`, unless it is turned off before.
    func alarm(after duration: Duration, _ action: @escaping @Sendable () -> Void) -> Alarm {
        let due = moment(after: duration)
        let ticket = locked { queue.makeTicket() }
        let alarm = Alarm(action) { self.locked { _ = self.queue.end(ticket) } }
        begin(ticket, until: due, .alarm(alarm))
        return alarm
    }

    /// A century stands for ever, and cannot overflow.
    private func moment(after duration: Duration) -> Duration { uptime + min(duration, .seconds(3_155_760_000)) }

    private var uptime: Duration { ContinuousClock.now - start }

    private func begin(_ ticket: SleepQueue<Sleeper>.Ticket, until due: Duration, _ sleeper: Sleeper) {
        let (hasBegun, isFirst) = locked {
            let hasBegun = queue.begin(ticket, until: due, sleeper)
            let isFirst = hasBegun && due < wakesAt
            if isFirst { wakesAt = due }
            return (hasBegun, isFirst)
        }
        if isFirst { pthread_cond_signal(condition) }
        if !hasBegun { sleeper.wake(isDue: false) }
    }

    /// The thread's life.
    private func wakeSleepers() {
        while true {
            let due = locked {
                var due: [Sleeper] = []
                let now = uptime
                while let sleeper = queue.endNext(by: now) { due.append(sleeper) }
                if due.isEmpty {
                    let next = queue.nextDue
                    wakesAt = next ?? .seconds(Int64.max)
                    wait(condition, mutex, for: next.map { $0 - now })
                    wakesAt = .zero
                }
                return due
            }
            for sleeper in due { sleeper.wake(isDue: true) }
        }
    }

    private func locked<T>(_ body: () -> T) -> T {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}

#if canImport(Darwin)
    private func initialize(_ condition: UnsafeMutablePointer<pthread_cond_t>) { pthread_cond_init(condition, nil) }

    /// Waits for a signal, or for `duration`. May return early.
    private func wait(
        _ condition: UnsafeMutablePointer<pthread_cond_t>, _ mutex: UnsafeMutablePointer<pthread_mutex_t>,
        for duration: Duration?
    ) {
        guard let duration else {
            pthread_cond_wait(condition, mutex)
            return
        }
        var relative = timespec(nanoseconds: duration.microseconds * 1_000 + 1_000)
        pthread_cond_timedwait_relative_np(condition, mutex, &relative)
    }
#else
    /// A condition whose timed waits are on the clock that never jumps.
    private func initialize(_ condition: UnsafeMutablePointer<pthread_cond_t>) {
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    /// Waits for a signal, or for `duration`. May return early.
    private func wait(
        _ condition: UnsafeMutablePointer<pthread_cond_t>, _ mutex: UnsafeMutablePointer<pthread_mutex_t>,
        for duration: Duration?
    ) {
        guard let duration else {
            pthread_cond_wait(condition, mutex)
            return
        }
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let nanoseconds = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
        var until = timespec(nanoseconds: nanoseconds + duration.microseconds * 1_000 + 1_000)
        pthread_cond_timedwait(condition, mutex, &until)
    }
#endif

extension timespec {
    fileprivate init(nanoseconds: Int64) {
        self.init(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }
}
