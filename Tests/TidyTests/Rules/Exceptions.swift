extension Ratchet {
    /// The exceptions of this repository.
    static let ours = Ratchet(entries: [
        .init(
            rule: BannedCallRule.name, path: "Sources/Toolkit/FlotillaSimulation/Scheduler/ThreadIdentity.swift",
            about: "clock_gettime",
            reason: "It reads what a run has cost, for its report; nothing of what is simulated can see it.")
    ])
}
