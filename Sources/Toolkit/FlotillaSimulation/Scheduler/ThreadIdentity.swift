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
}
