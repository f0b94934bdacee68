/// One mechanism of resilience broken on purpose, to show that storms would be noticed without it.
public enum StormMutant: String, Sendable, Hashable, CaseIterable {
    case noRetryBudget = "no-retry-budget"
    case breakerStaysOpen = "breaker-stays-open"
    case breakerCountsRefusals = "breaker-counts-refusals"
    case repeatsUnsafeCalls = "repeats-unsafe-calls"
    case noTimeout = "no-timeout"
    case noBulkhead = "no-bulkhead"
    case unprotected = "unprotected"

    /// What is broken, in a sentence.
    public var summary: String {
        switch self {
        case .noRetryBudget: "Whatever fails is tried again, however much fails."
        case .breakerStaysOpen: "A breaker that has opened lets no trial through."
        case .breakerCountsRefusals: "What the breaker itself refuses counts as a failure and keeps it open."
        case .repeatsUnsafeCalls: "Calls that must not be made twice are tried again like all others."
        case .noTimeout: "Attempts are waited for without an end."
        case .noBulkhead: "Any number of calls may be under way at once."
        case .unprotected: "There is neither budget nor breaker nor bulkhead."
        }
    }
}
