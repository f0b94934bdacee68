internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaStorage

/// A service whose manifest and parts are what a test wants them to be.
struct ProbeService: ServiceBlueprint {
    var manifest: ServiceManifest
    var migrations: [MigrationSet] = []
    var makeParts: @Sendable (ServiceNeeds) async throws -> ServiceParts

    init(
        _ name: String, publishes: [String] = [], consumes: [String] = [], calls: [String] = [],
        parts: @escaping @Sendable (ServiceNeeds) async throws -> ServiceParts = { _ in ServiceParts(routes: Routes()) }
    ) {
        manifest = ServiceManifest(
            name: name, purpose: "Tests the fleet.", publishes: publishes, consumes: consumes, calls: calls)
        makeParts = parts
    }

    func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts { try await makeParts(needs) }
}
