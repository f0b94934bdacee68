internal import Synchronization

/// How the calls of a guard ended, each call once however many attempts it took.
///
/// Calls that are under way are in none of these yet.
public struct CallEnds: Sendable, Hashable {
    /// The callee answered as asked, at the first attempt or a later one.
    public var success = 0
    /// The callee answered that the caller is wrong (``CallOutcome/callerFault``).
    public var callerFault = 0
    /// The callee did not do its work, and no further attempt was made or helped.
    public var failure = 0
    /// The caller stopped waiting.
    public var abandoned = 0
    /// No attempt was made: ``GuardEvent/Refusal``.
    public var refused = 0

    /// No calls yet.
    public init() {}
}

/// ``CallEnds`` as they are counted, without a lock.
final class CallEndsTally: Sendable {
    private let success = Atomic(0)
    private let callerFault = Atomic(0)
    private let failure = Atomic(0)
    private let abandoned = Atomic(0)
    private let refused = Atomic(0)

    func add(_ outcome: CallOutcome) {
        switch outcome {
        case .success: success.wrappingAdd(1, ordering: .relaxed)
        case .callerFault: callerFault.wrappingAdd(1, ordering: .relaxed)
        case .failure: failure.wrappingAdd(1, ordering: .relaxed)
        case .abandoned: abandoned.wrappingAdd(1, ordering: .relaxed)
        }
    }

    func addRefused() { refused.wrappingAdd(1, ordering: .relaxed) }

    /// The counts, which may be a moment apart.
    var now: CallEnds {
        var ends = CallEnds()
        ends.success = success.load(ordering: .relaxed)
        ends.callerFault = callerFault.load(ordering: .relaxed)
        ends.failure = failure.load(ordering: .relaxed)
        ends.abandoned = abandoned.load(ordering: .relaxed)
        ends.refused = refused.load(ordering: .relaxed)
        return ends
    }
}
