internal import Glibc

/// The one thread that writes to a database file.
///
/// A thread of its own, because a commit waits for the disk: on the cooperative pool it would hold
/// one of the few threads every other task needs.
final class WriterThread: @unchecked Sendable {
    // Sendable because `handle` is set once, before anybody else sees the object, and joined once.
    private var handle = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Body(run: body))
        let code = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        precondition(code == 0, "the system refused a thread (code \(code))")
    }

    /// Whether it is the thread that asks.
    var isCurrent: Bool { pthread_equal(pthread_self(), handle) != 0 }

    /// Waits for the thread to end. Called once, by the owner, unless ``detach()`` is.
    func join() { pthread_join(handle, nil) }

    /// Nobody will wait for its end.
    func detach() { pthread_detach(handle) }

    private final class Body {
        let run: @Sendable () -> Void
        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
