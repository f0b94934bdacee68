public import FlotillaRuntime
public import FlotillaStorage

/// One mechanism broken on purpose, to show that the invariants would notice.
public struct Mutant: Sendable {
    /// `skip-inbox`.
    public let name: String
    /// What is broken, in a sentence.
    public let summary: String
    /// What a service's SQL becomes, given the service and the statement.
    public var statement: (@Sendable (_ service: String, _ sql: String) -> String)?
    /// Stands in for a service.
    public var service: (@Sendable (any ServiceBlueprint) -> any ServiceBlueprint)?
    /// What the broker does.
    public var broker: SimulatedBroker.Mischief?
    /// Whether the disks only pretend to sync.
    public var ignoresSyncs = false

    public init(
        _ name: String, _ summary: String,
        statement: (@Sendable (_ service: String, _ sql: String) -> String)? = nil,
        service: (@Sendable (any ServiceBlueprint) -> any ServiceBlueprint)? = nil,
        broker: SimulatedBroker.Mischief? = nil, ignoresSyncs: Bool = false
    ) {
        self.name = name
        self.summary = summary
        self.statement = statement
        self.service = service
        self.broker = broker
        self.ignoresSyncs = ignoresSyncs
    }

    /// Breaks what every fleet relies on, whatever its services do.
    public static let common: [Mutant] = [
        Mutant("drop-fsync", "Disks say that data is durable when it is not.", ignoresSyncs: true),
        Mutant("swap-messages", "Two messages of one subject change places.", broker: .swapsWithinSubject),
        Mutant("lose-messages", "The broker drops a message in a hundred.", broker: .losesMessages),
        Mutant(
            "ack-on-delivery", "What was handed to a consumer counts as dealt with.",
            broker: .acknowledgesOnDelivery),
    ]
}

/// A service as it is, but for what a mutant changes.
public struct MutatedService: ServiceBlueprint {
    private let original: any ServiceBlueprint
    private let change: @Sendable (inout ServiceParts, ServiceNeeds) -> Void

    public init(
        _ original: any ServiceBlueprint, _ change: @escaping @Sendable (inout ServiceParts, ServiceNeeds) -> Void
    ) {
        self.original = original
        self.change = change
    }

    public var manifest: ServiceManifest { original.manifest }
    public var migrations: [MigrationSet] { original.migrations }

    public func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        var parts = try await original.assemble(needs)
        change(&parts, needs)
        return parts
    }
}
