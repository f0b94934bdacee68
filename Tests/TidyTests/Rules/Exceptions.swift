extension Ratchet {
    /// The exceptions of this repository.
    static let ours = Ratchet(entries: [
        .init(
            rule: BannedCallRule.name, path: "Sources/Toolkit/FlotillaSimulation/Scheduler/ThreadIdentity.swift",
            about: "clock_gettime",
            reason: "It reads what a run has cost, for its report; nothing of what is simulated can see it."),
        .init(
            rule: BareClientRule.name, path: "Sources/Shop/ShopSystem/ShopApplication.swift",
            about: ".responder(for:",
            reason: "The directory that the gateway asks for a service, inside the guard of the call to it."),
        .init(
            rule: BareClientRule.name, path: "Sources/Shop/ShopEdge/ShopGateway.swift", about: "PolicyRegistry(",
            reason: "For a gateway that stands alone, as in tests; the Shop's is given the fleet's registry."),
        .init(
            rule: BareClientRule.name, path: "Sources/Shop/ShopPayments/Adapters/SandboxProvider.swift",
            about: "Database(",
            reason: "The books of the provider that is played here, which are not those of the service."),
    ])
}
