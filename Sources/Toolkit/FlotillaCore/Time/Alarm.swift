internal import Synchronization

/// Something a clock does once, later, unless it is turned off before.
///
/// A clock makes one for ``TimeSource/alarm(after:_:)`` and rings it; whoever asked for it turns it off.
/// Safe to share between tasks.
public final class Alarm: Sendable {
    private struct State {
        var hasRung = false
        var action: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>
    private let remove: @Sendable () -> Void

    /// - Parameters:
    ///   - action: what it does when it rings.
    ///   - remove: takes it out of its clock; called when it is turned off, maybe after it has rung.
    public init(_ action: @escaping @Sendable () -> Void, remove: @escaping @Sendable () -> Void) {
        state = Mutex(State(action: action))
        self.remove = remove
    }

    /// Does what it is for, unless it has been turned off. For clocks.
    public func ring() {
        // Under the lock, so that `turnOff` returns only when the action has ended or can begin no more.
        state.withLock { state in
            guard let action = state.action else { return }
            state.action = nil
            state.hasRung = true
            action()
        }
    }

    /// Turns it off and tells whether it had rung. After this the action does not run, and is not running.
    @discardableResult
    public func turnOff() -> Bool {
        remove()
        return state.withLock { state in
            state.action = nil
            return state.hasRung
        }
    }
}
