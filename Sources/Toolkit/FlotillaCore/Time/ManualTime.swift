internal import Synchronization

/// A clock that moves only when it is told to, for tests of state machines and waiting code.
///
/// Sleepers are resumed in the order of their due times, ties in the order in which they began.
public final class ManualTime: TimeSource {
    private enum Waiter {
        case task(CheckedContinuation<Void, any Error>)
        case alarm(Alarm)
    }

    private struct Sleeper {
        var id: UInt64
        var due: Duration
        var waiter: Waiter
    }

    private struct State {
        var now: Duration = .zero
        var nextID: UInt64 = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<UInt64> = []
    }

    private let epoch: Timestamp
    private let state = Mutex(State())

    /// - Parameter epoch: the wall clock's reading at the start; by default 2026-01-01T00:00:00Z.
    public init(epoch: Timestamp = Timestamp(seconds: 1_767_225_600)) { self.epoch = epoch }

    public var now: Timestamp { epoch + uptime }

    public var uptime: Duration { state.withLock { $0.now } }

    /// How many tasks and alarms wait on this clock now.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Moves the clock forward and wakes whoever is due.
    public func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.due <= state.now }
            state.sleepers.removeAll { $0.due <= state.now }
            return due.sorted { ($0.due, $0.id) < ($1.due, $1.id) }
        }
        for sleeper in due {
            switch sleeper.waiter {
            case .task(let continuation): continuation.resume()
            case .alarm(let alarm): alarm.ring()
            }
        }
    }

    public func alarm(after duration: Duration, _ action: @escaping @Sendable () -> Void) -> Alarm {
        let id = makeID()
        let alarm = Alarm(action) { self.state.withLock { $0.sleepers.removeAll { $0.id == id } } }
        state.withLock { $0.sleepers.append(Sleeper(id: id, due: $0.now + duration, waiter: .alarm(alarm))) }
        return alarm
    }

    private func makeID() -> UInt64 {
        state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
    }

    public func sleep(for duration: Duration) async throws {
        let id = makeID()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let immediate: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if duration <= .zero { return .success(()) }
                    state.sleepers.append(
                        Sleeper(id: id, due: state.now + duration, waiter: .task(continuation)))
                    return nil
                }
                if let immediate { continuation.resume(with: immediate) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                if let index = state.sleepers.firstIndex(where: { $0.id == id }) {
                    return state.sleepers.remove(at: index)
                }
                state.cancelled.insert(id)
                return nil
            }
            if case .task(let continuation) = sleeper?.waiter { continuation.resume(throwing: CancellationError()) }
        }
        _ = state.withLock { $0.cancelled.remove(id) }
    }
}
