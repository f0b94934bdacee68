internal import DequeModule
internal import Glibc

/// Jobs on their way to the writer's thread: bounded, first in first out, with withdrawal.
final class WriteQueue: @unchecked Sendable {
    // Sendable because every access to the mutable state holds `mutex`. A condition variable is
    // needed for the thread to sleep on, which Synchronization.Mutex does not offer.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var jobs: Deque<WriteJob> = []
    private var isClosed = false
    private var jobsMax: Int
    private var groupMax: Int

    enum Admission {
        case queued
        case full
        case closed
        case withdrawn
    }

    /// - Parameters:
    ///   - jobsMax: jobs that may wait.
    ///   - groupMax: jobs of one group.
    init(jobsMax: Int, groupMax: Int) {
        self.jobsMax = jobsMax
        self.groupMax = groupMax
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func add(_ job: WriteJob) -> Admission {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if job.isWithdrawn { return .withdrawn }
        if isClosed { return .closed }
        if jobs.count >= jobsMax { return .full }
        job.isQueued = true
        jobs.append(job)
        // Only the first job finds the thread asleep; later ones are picked up with it.
        if jobs.count == 1 { pthread_cond_signal(condition) }
        return .queued
    }

    /// Goes by other bounds from now on; what waits goes on waiting, however many.
    func adopt(jobsMax: Int, groupMax: Int) {
        pthread_mutex_lock(mutex)
        (self.jobsMax, self.groupMax) = (jobsMax, groupMax)
        pthread_mutex_unlock(mutex)
    }

    /// The bounds that hold now.
    var bounds: (jobsMax: Int, groupMax: Int) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return (jobsMax, groupMax)
    }

    /// Takes a job back.
    ///
    /// - Returns: true when the caller now has to answer for it; false when it runs, ran, or was not added yet.
    func withdraw(_ job: WriteJob) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard job.isQueued else {
            job.isWithdrawn = true
            return false
        }
        guard let index = jobs.firstIndex(where: { $0 === job }) else { return false }
        jobs.remove(at: index)
        return true
    }

    /// Waits for work.
    ///
    /// - Returns: the jobs of the next group; nil once the queue is closed and empty.
    func next() -> [WriteJob]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while jobs.isEmpty {
            if isClosed { return nil }
            pthread_cond_wait(condition, mutex)
        }
        return removeGroup()
    }

    /// The jobs of the next group, without waiting.
    ///
    /// - Returns: nil when none is queued.
    func take() -> [WriteJob]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return jobs.isEmpty ? nil : removeGroup()
    }

    private func removeGroup() -> [WriteJob] {
        let count = min(groupMax, jobs.count)
        let group = Array(jobs.prefix(count))
        jobs.removeFirst(count)
        for job in group { job.isQueued = false }
        return group
    }

    /// Refuses new jobs; those waiting are still done.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    var count: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return jobs.count
    }
}
