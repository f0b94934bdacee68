/// One mechanism of resilience broken on purpose, to show that storms would be noticed without it.
public enum StormMutant: String, Sendable, Hashable, CaseIterable {
    case noRetryBudget = "no-retry-budget"
    case breakerStaysOpen = "breaker-stays-open"
    case breakerCountsRefusals = "breaker-counts-refusals"
    case repeatsUnsafeCalls = "repeats-unsafe-calls"
    case noTimeout = "no-timeout"
    case noBulkhead = "no-bulkhead"
    case unprotected = "unprotected"
    case noDoor = "no-door"
    case limitCountsRefusals = "limit-counts-refusals"
    case limitNeverForgets = "limit-never-forgets"
    case limitNeverGrows = "limit-never-grows"
    case priorityIgnored = "priority-ignored"
    case permitsLeak = "permits-leak"

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
        case .noDoor: "Whoever comes is let in."
        case .limitCountsRefusals: "Whom the door turns away counts as a call that was answered at once."
        case .limitNeverForgets: "What calls take without a queue is measured once, and never again under load."
        case .limitNeverGrows: "The adaptive limit falls when calls are slow and does not rise when they are quick."
        case .priorityIgnored: "Checkout, browsing and background work are all alike to the door."
        case .permitsLeak: "Whoever is let in and stops waiting keeps the place for ever."
        }
    }
}
