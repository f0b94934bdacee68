#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Which thread this is, to notice work that comes from another one.
struct ThreadIdentity: Sendable, Equatable {
    private let value: UInt

    static var current: ThreadIdentity {
        #if canImport(Darwin)
            ThreadIdentity(value: UInt(bitPattern: pthread_self()))
        #else
            ThreadIdentity(value: UInt(pthread_self()))
        #endif
    }

    /// The processor time this thread has used so far: what else runs on the machine does not count.
    static var processorTime: Duration {
        var value = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &value)
        return .seconds(value.tv_sec) + .nanoseconds(value.tv_nsec)
    }
}
