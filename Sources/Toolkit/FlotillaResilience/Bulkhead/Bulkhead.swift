public import FlotillaCore
internal import Synchronization

/// Bounded room for calls to one target, with a bounded queue in front.
///
/// Safe to share between tasks. With room free, entering and leaving take a lock for a moment and
/// allocate nothing; waiting is in order of arrival and ends with the deadline, `waitMax` or the
/// caller's cancellation.
public final class Bulkhead: Sendable {
    private enum Wake: Sendable { case entered, refused, tooLong, cancelled }

    private struct State: Sendable {
        var machine: BulkheadMachine
        var waiters: [UInt64: CheckedContinuation<Wake, Never>] = [:]
        /// Woken before they began to wait.
        var early: [UInt64: Wake] = [:]
    }

    /// Whom the calls are for; stands in refusals.
    public let target: String
    private let policy: BulkheadPolicy
    private let time: any TimeSource
    private let state: Mutex<State>

    /// An empty bulkhead. The policy must be without ``BulkheadPolicy/problems()``.
    public init(target: String, policy: BulkheadPolicy, time: any TimeSource) {
        precondition(policy.problems().isEmpty, policy.problems().joined(separator: "; "))
        self.target = target
        self.policy = policy
        self.time = time
        self.state = Mutex(State(machine: BulkheadMachine(policy)))
    }

    /// Does `body` when there is room.
    ///
    /// - Throws: what `body` throws, `bulkhead-full` (unavailable) or `CancellationError`.
    public nonisolated(nonsending) func run<T>(
        before deadline: Deadline, _ body: () async throws -> T
    ) async throws -> T {
        try await enter(before: deadline)
        defer { leave() }
        return try await body()
    }

    /// How full it is now.
    public func snapshot() -> BulkheadSnapshot {
        state.withLock { state in
            BulkheadSnapshot(
                running: state.machine.running, waiting: state.machine.waiting,
                refusals: state.machine.refusals, policy: policy)
        }
    }

    /// Waits for room. Every return must be followed by one ``leave()``.
    nonisolated(nonsending) func enter(before deadline: Deadline) async throws {
        if state.withLock({ $0.machine.enterAtOnce() }) { return }
        let patience = min(policy.waitMax, deadline.remaining(on: time))
        let wake = patience > .zero ? await wait(for: patience) : refuseAtOnce()
        switch wake {
        case .entered: return
        case .refused, .tooLong:
            throw ServiceError(
                .unavailable, "bulkhead-full",
                "\(target) is temporarily unavailable: too many calls to it are under way.",
                retryAfter: .seconds(1))
        case .cancelled: throw CancellationError()
        }
    }

    /// Gives the room back, to whoever waits longest.
    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Wake, Never>? in
            guard let ticket = state.machine.leave() else { return nil }
            return state.waiters.removeValue(forKey: ticket)
        }
        next?.resume(returning: .entered)
    }

    private nonisolated(nonsending) func wait(for patience: Duration) async -> Wake {
        let ticket = state.withLock { $0.machine.makeTicket() }
        let alarm = time.alarm(after: patience) { self.stopWaiting(ticket, .tooLong) }
        let wake = await withTaskCancellationHandler {
            await withCheckedContinuation { begin(ticket, $0) }
        } onCancel: {
            stopWaiting(ticket, .cancelled)
        }
        alarm.turnOff()
        state.withLock { _ = $0.early.removeValue(forKey: ticket) }
        return wake
    }

    private func refuseAtOnce() -> Wake {
        state.withLock { $0.machine.refuse() }
        return .refused
    }

    private func begin(_ ticket: UInt64, _ continuation: CheckedContinuation<Wake, Never>) {
        let wake = state.withLock { state -> Wake? in
            if let early = state.early.removeValue(forKey: ticket) { return early }
            switch state.machine.enter(ticket) {
            case .entered: return .entered
            case .refused: return .refused
            case .queued:
                state.waiters[ticket] = continuation
                return nil
            }
        }
        if let wake { continuation.resume(returning: wake) }
    }

    private func stopWaiting(_ ticket: UInt64, _ wake: Wake) {
        let waiter = state.withLock { state -> CheckedContinuation<Wake, Never>? in
            guard state.machine.abandon(ticket, isRefusal: wake == .tooLong) else {
                state.early[ticket] = wake
                return nil
            }
            return state.waiters.removeValue(forKey: ticket)
        }
        waiter?.resume(returning: wake)
    }
}
