public import FlotillaCore

/// What a run came to.
public struct SimulationReport: Sendable {
    public let seed: UInt64
    public let virtualTime: Duration
    public let realTime: Duration
    /// How many of what the scenario counts were begun.
    public let units: Int
    public let faults: [FaultKind: Int]
    /// Invariant checks.
    public let checks: Int
    /// Steps of the scheduler.
    public let jobs: UInt64
    /// Steps that came from other threads: zero, or the run may not repeat itself.
    public let foreignJobs: UInt64
    /// SHA-256 of the trace.
    public let digest: String
    /// What was broken; nil: everything held.
    public let violation: Violation?
    /// The world as it was at the end.
    public let lab: Lab
}
