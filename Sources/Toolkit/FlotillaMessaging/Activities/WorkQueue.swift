internal import DequeModule
internal import Synchronization

/// Elements handed to whichever of several workers asks first, in order.
final class WorkQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: Deque<Element> = []
        var waiters: Deque<(id: UInt64, continuation: CheckedContinuation<Element?, Never>)> = []
        var cancelled: Set<UInt64> = []
        var nextID: UInt64 = 0
        /// Those that ask for elements, and how many there are to be.
        var workers = 0
        var wanted = 0
    }

    private let state = Mutex(State())

    /// Elements that wait.
    var count: Int { state.withLock { $0.elements.count } }

    /// Begins with nobody who asks for elements yet.
    func begin() { state.withLock { $0.workers = 0 } }

    /// So many are to work from now on. Of too many the next ones that ask are sent home; who works finishes first.
    func setWorkers(_ count: Int) {
        let surplus = state.withLock { state in
            state.wanted = count
            let idle = min(max(0, state.workers - count), state.waiters.count)
            state.workers -= idle
            return (0..<idle).compactMap { _ in state.waiters.popLast()?.continuation }
        }
        for waiter in surplus { waiter.resume(returning: nil) }
    }

    /// How many have to begin to work, for there to be as many as wanted. The caller lets them begin.
    func hire() -> Int {
        state.withLock { state in
            let missing = max(0, state.wanted - state.workers)
            state.workers += missing
            return missing
        }
    }

    func add(_ element: Element) {
        let waiter = state.withLock { state in
            let waiter = state.waiters.popFirst()
            if waiter == nil { state.elements.append(element) }
            return waiter?.continuation
        }
        waiter?.resume(returning: element)
    }

    /// Waits for an element.
    ///
    /// - Returns: nil when the task is cancelled, or when there are more workers than wanted: then whoever asked goes.
    func next() async -> Element? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let element: Element? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: Element?? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return .some(nil) }
                    if state.workers > state.wanted {
                        state.workers -= 1
                        return .some(nil)
                    }
                    if let element = state.elements.popFirst() { return .some(element) }
                    state.waiters.append((id, continuation))
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil as CheckedContinuation<Element?, Never>?
                }
                return state.waiters.remove(at: index).continuation
            }
            waiter?.resume(returning: nil)
        }
        state.withLock { _ = $0.cancelled.remove(id) }
        return element
    }
}
