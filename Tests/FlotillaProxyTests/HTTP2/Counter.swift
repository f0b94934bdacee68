#if os(Linux)
    internal import Glibc
    internal import Synchronization

    /// Lets a test on a thread see how far tasks have come.
    final class Counter: Sendable {
        private let count = Atomic(0)

        var value: Int { count.load(ordering: .sequentiallyConsistent) }

        func add(_ number: Int) { count.wrappingAdd(number, ordering: .sequentiallyConsistent) }

        /// Returns when it has stayed the same for a while.
        func rest() {
            var (last, calm) = (-1, 0)
            while calm < 2_000 {
                let now = value
                calm = now == last ? calm + 1 : 0
                last = now
                sched_yield()
            }
        }
    }

    func yieldThread() { sched_yield() }
#endif
