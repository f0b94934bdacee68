internal import FlotillaCore
internal import Synchronization

/// A flag that tasks wait for and many may raise: raised while nobody waits, it is kept.
///
/// Mostly one task waits. Where a second does, since the first is stalled and does not know that its work was taken
/// over, both are woken.
final class Signal: Sendable {
    private struct State {
        var isRaised = false
        var waiter: CheckedContinuation<Void, Never>?
        var others: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func raise() {
        let (waiter, others) = state.withLock { state in
            guard let waiter = state.waiter else {
                state.isRaised = true
                return (nil as CheckedContinuation<Void, Never>?, [] as [CheckedContinuation<Void, Never>])
            }
            defer { (state.waiter, state.others) = (nil, []) }
            return (waiter, state.others)
        }
        waiter?.resume()
        for other in others { other.resume() }
    }

    /// Waits until the flag is raised, lowers it and returns. Returns at once when the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.isRaised || Task.isCancelled {
                        state.isRaised = false
                        return true
                    }
                    if state.waiter == nil { state.waiter = continuation } else { state.others.append(continuation) }
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            raise()
        }
    }

    /// Waits until the flag is raised or `timeout` is over; nil: no limit.
    func wait(atMost timeout: Duration?, on time: any TimeSource) async {
        guard let timeout else { return await wait() }
        guard timeout > .zero else { return }
        let alarm = time.alarm(after: timeout) { self.raise() }
        await wait()
        alarm.turnOff()
    }
}
