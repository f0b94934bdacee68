public import FlotillaCore
internal import Synchronization

/// Bounded room with a bounded queue in front (Nygard, "Release It!").
///
/// The same type bounds three things, which differ only in what one place in it stands for:
/// - *concurrency*: a call under way. A ``CallGuard`` has one, its own or a pool that it shares (``BulkheadPools``);
/// - *connections*: a connection that is lent out. Around the use of one: ``run(before:_:)``;
/// - *instances*: a call to one instance of a service. One for each, asked with ``enterAtOnce()`` by whoever picks the
///   instance, so that a full one is passed over instead of waited for.
///
/// Safe to share between tasks. With room free, entering and leaving are one atomic step each and allocate nothing;
/// waiting is in order of arrival and ends with the deadline, `waitMax` or the caller's cancellation.
public final class Bulkhead: Sendable {
    enum Wake: Sendable { case entered, refused, tooLong, cancelled }

    private struct State: Sendable {
        var machine: BulkheadMachine
        /// What it goes by when nobody holds it to something else.
        var policy: BulkheadPolicy
        var forced: BulkheadForce?
        var waiters: [UInt64: CheckedContinuation<Wake, Never>] = [:]
        /// Woken before they began to wait.
        var early: [UInt64: Wake] = [:]
    }

    /// Whom the calls are for; stands in refusals.
    public let target: String
    /// Whether it is a pool of several targets.
    let isShared: Bool
    private let time: any TimeSource
    private let state: Mutex<State>
    /// How many are inside, while nobody waits: then entering and leaving need no lock.
    ///
    /// Whoever holds the lock sets `isLocked` first, which keeps all others from changing it, and then owns the number.
    /// It stays set while somebody waits, as room then goes to the one that waits longest.
    private let quick: Atomic<UInt64>

    /// An empty bulkhead. The policy must be without ``BulkheadPolicy/problems()``.
    public convenience init(target: String, policy: BulkheadPolicy, time: any TimeSource) {
        self.init(target: target, policy: policy, time: time, isShared: false)
    }

    init(target: String, policy: BulkheadPolicy, time: any TimeSource, isShared: Bool) {
        precondition(policy.problems().isEmpty, policy.problems().joined(separator: "; "))
        self.target = target
        self.isShared = isShared
        self.time = time
        quick = Atomic(Quick(running: 0, room: policy.concurrencyMax).bits)
        state = Mutex(State(machine: BulkheadMachine(policy), policy: policy))
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
        change { state in
            BulkheadSnapshot(
                running: state.machine.running, waiting: state.machine.waiting,
                refusals: state.machine.refusals, policy: state.machine.policy, isForced: state.forced != nil)
        }
    }

    /// Enters if there is room now. True must be followed by one ``leave()``.
    public func enterAtOnce() -> Bool {
        var known = quick.load(ordering: .relaxed)
        while let next = Quick(bits: known).entered {
            let step = quick.weakCompareExchange(expected: known, desired: next.bits, ordering: .acquiring)
            if step.exchanged { return true }
            known = step.original
        }
        // Full, or somebody is about something under the lock: which of them, only the lock tells.
        return Quick(bits: known).isLocked ? change { $0.machine.enterAtOnce() } : false
    }

    /// Waits for room. Every return must be followed by one ``leave()``.
    ///
    /// - Throws: `bulkhead-full` (unavailable) or `CancellationError`.
    public nonisolated(nonsending) func enter(before deadline: Deadline) async throws {
        if enterAtOnce() { return }
        switch await waitForRoom(before: deadline) {
        case .entered: return
        case .refused, .tooLong: throw ServiceError.bulkheadFull(target)
        case .cancelled: throw CancellationError()
        }
    }

    /// Gives the room back, to whoever waits longest.
    public func leave() {
        var known = quick.load(ordering: .relaxed)
        while let next = Quick(bits: known).left {
            let step = quick.weakCompareExchange(expected: known, desired: next.bits, ordering: .releasing)
            if step.exchanged { return }
            known = step.original
        }
        let next = change { state -> CheckedContinuation<Wake, Never>? in
            guard let ticket = state.machine.leave() else { return nil }
            return state.waiters.removeValue(forKey: ticket)
        }
        next?.resume(returning: .entered)
    }

    /// Goes by other bounds from now on. Nobody is sent away for it: those inside and those who wait stay. What an
    /// operator holds it to stays as well.
    public func adopt(_ policy: BulkheadPolicy) {
        precondition(policy.problems().isEmpty, policy.problems().joined(separator: "; "))
        settle { $0.policy = policy }
    }

    /// Holds it to other bounds than those of its policy for an operator; nil lets it go. Nobody is sent away for it.
    public func force(_ bounds: BulkheadForce?) {
        precondition(bounds?.problems().isEmpty ?? true, bounds?.problems().joined(separator: "; ") ?? "")
        settle { $0.forced = bounds }
    }

    /// Goes by what the policy and the operator say after `change`, and lets those in who now have room.
    private func settle(_ body: (inout State) -> Void) {
        let admitted = change { state in
            body(&state)
            let bounds = state.forced?.applied(to: state.policy) ?? state.policy
            guard state.machine.policy != bounds else { return [CheckedContinuation<Wake, Never>]() }
            return state.machine.adopt(bounds).compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in admitted { waiter.resume(returning: .entered) }
    }

    /// For those whom ``enterAtOnce()`` has not let in. ``Wake/entered`` must be followed by one ``leave()``.
    nonisolated(nonsending) func waitForRoom(before deadline: Deadline) async -> Wake {
        let waitMax = state.withLock { $0.machine.policy.waitMax }
        let patience = min(waitMax, deadline.remaining(on: time))
        guard patience > .zero else {
            noteRefusal()
            return .refused
        }
        return await wait(for: patience)
    }

    /// Counts one that was sent away because ``enterAtOnce()`` did not let it in.
    func noteRefusal() { state.withLock { $0.machine.refuse() } }

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

    private func begin(_ ticket: UInt64, _ continuation: CheckedContinuation<Wake, Never>) {
        let wake = change { state -> Wake? in
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
        let waiter = change { state -> CheckedContinuation<Wake, Never>? in
            guard state.machine.abandon(ticket, isRefusal: wake == .tooLong) else {
                state.early[ticket] = wake
                return nil
            }
            return state.waiters.removeValue(forKey: ticket)
        }
        waiter?.resume(returning: wake)
    }

    /// Under the lock, with the number of those inside held still and put into the machine.
    private func change<T: Sendable>(_ body: (inout State) -> T) -> T {
        state.withLock { state in
            let before = Quick(bits: quick.bitwiseOr(Quick.locked, ordering: .acquiring).oldValue)
            state.machine.running = before.running
            let result = body(&state)
            var after = Quick(running: state.machine.running, room: state.machine.policy.concurrencyMax)
            if state.machine.waiting > 0 { after.bits |= Quick.locked }
            quick.store(after.bits, ordering: .releasing)
            return result
        }
    }
}

/// Those inside, and the room there is, in one word.
private struct Quick {
    static let locked: UInt64 = 1 << 63
    private static let mask: UInt64 = 1 << 24 - 1
    var bits: UInt64

    init(bits: UInt64) { self.bits = bits }

    init(running: Int, room: Int) { bits = UInt64(room) << 24 | UInt64(running) }

    var isLocked: Bool { bits & Self.locked != 0 }
    var running: Int { Int(bits & Self.mask) }

    /// With one more inside; nil when there is no room, or the lock has to be taken.
    var entered: Quick? {
        isLocked || bits & Self.mask >= bits >> 24 ? nil : Quick(bits: bits + 1)
    }

    /// With one less inside; nil when the lock has to be taken.
    var left: Quick? { isLocked || bits & Self.mask == 0 ? nil : Quick(bits: bits - 1) }
}

extension ServiceError {
    /// No room for a call to `target`.
    static func bulkheadFull(_ target: String) -> ServiceError {
        ServiceError(
            .unavailable, "bulkhead-full",
            "\(target) is temporarily unavailable: too many calls to it are under way.", retryAfter: .seconds(1))
    }
}
