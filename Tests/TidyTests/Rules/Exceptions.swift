extension Ratchet {
    /// The exceptions of this repository.
    static let ours = Ratchet(entries: [
        .init(
            rule: BannedCallRule.name, path: "Sources/Toolkit/FlotillaSimulation/Scheduler/ThreadIdentity.swift",
            about: "clock_gettime",
            reason: "It reads what a run has cost, for its report; nothing of what is simulated can see it."),
        .init(
            rule: BareClientRule.name, path: "Sources/Toolkit/FlotillaGateway/Upstreams/ServiceDirectory.swift",
            about: ".responder(for:", reason: "A directory that looks into another one; it asks nobody."),
        .init(
            rule: BareClientRule.name, path: "Sources/Toolkit/FlotillaGateway/GatewayHealth.swift",
            about: ".responder(for:",
            reason: "Health is asked of a service whatever its breaker says: that is how one sees that it is back."),
        .init(
            rule: BareClientRule.name, path: "Sources/Toolkit/FlotillaGateway/MergedDocument.swift",
            about: ".responder(for:",
            reason: "The documents of the services are put together from constants of theirs."),
        .init(
            rule: BareClientRule.name, path: "Sources/Toolkit/FlotillaOperations/FleetOperations.swift",
            about: ".responder(for:",
            reason: "An operator looks at a service's own pages, and must see it whatever its breaker says."),
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
