#if os(Linux)
    internal import CEpoll
    internal import Glibc

    /// Runs something that blocks, on a thread of its own.
    enum LoopThread {
        private final class Work {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }

        /// Returns when `body` has ended, which cancellation does not bring about.
        ///
        /// - Parameter name: for those who look at the process; 15 characters at most.
        static func run(_ name: String, _ body: @escaping @Sendable () -> Void) async {
            await withCheckedContinuation { continuation in
                let work = Work {
                    pthread_setname_np(pthread_self(), name)
                    body()
                    continuation.resume()
                }
                var thread = pthread_t()
                let code = pthread_create(
                    &thread, nil,
                    { pointer in
                        // The thread has the one reference that was given away below.
                        if let pointer { Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body() }
                        return nil
                    }, Unmanaged.passRetained(work).toOpaque())
                precondition(code == 0, "the system refused a thread (code \(code))")
                pthread_detach(thread)
            }
        }
    }
#endif
