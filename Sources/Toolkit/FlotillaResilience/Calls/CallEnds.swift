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

    mutating func add(_ outcome: CallOutcome) {
        switch outcome {
        case .success: success += 1
        case .callerFault: callerFault += 1
        case .failure: failure += 1
        case .abandoned: abandoned += 1
        case .notAsked: refused += 1
        }
    }
}
