/// What is given up first when there is too much to do: `background`, then `standard`, `critical` last.
public enum CallPriority: String, Sendable, Hashable, CaseIterable, Comparable {
    /// A customer is about to pay: checkout.
    case critical
    /// A customer looks around: browsing.
    case standard
    /// Nobody waits, or somebody who can: lists for staff, exports, prefetching.
    case background

    /// 0 for the most important.
    public var rank: Int {
        switch self {
        case .critical: 0
        case .standard: 1
        case .background: 2
        }
    }

    /// The less important one is less.
    public static func < (left: CallPriority, right: CallPriority) -> Bool { left.rank > right.rank }
}
