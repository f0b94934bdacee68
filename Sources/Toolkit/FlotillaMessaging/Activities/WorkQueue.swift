internal import DequeModule
internal import Synchronization

/// Elements handed to whichever of several workers asks first, in order.
final class WorkQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: Deque<Element> = []
        var waiters: Deque<(id: UInt64, continuation: CheckedContinuation<Element?, Never>)> = []
        var cancelled: Set<UInt64> = []
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())

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
    /// - Returns: nil when the task is cancelled.
    func next() async -> Element? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let element: Element? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: Element?? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return .some(nil) }
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
