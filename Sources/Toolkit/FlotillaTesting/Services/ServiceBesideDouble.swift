public import FlotillaRPC
public import FlotillaRuntime
public import FlotillaStorage
internal import Synchronization

/// A service as it is, but that those it calls are doubles of the test and no services of the fleet.
///
/// The test hosts the doubles on ``exchange``, under the names of the services they stand in for.
public final class ServiceBesideDouble: ServiceBlueprint {
    private let service: any ServiceBlueprint
    private let given = Mutex<RPCExchange?>(nil)

    public init(_ service: any ServiceBlueprint) { self.service = service }

    /// Where the service looks for those it calls; nil until it was put together.
    public var exchange: RPCExchange? { given.withLock { $0 } }

    public var manifest: ServiceManifest {
        var manifest = service.manifest
        manifest.calls = []
        return manifest
    }

    public var migrations: [MigrationSet] { service.migrations }

    public func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        given.withLock { $0 = needs.exchange }
        return try await service.assemble(needs)
    }
}
