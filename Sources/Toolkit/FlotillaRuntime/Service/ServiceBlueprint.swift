internal import FlotillaMessaging
public import FlotillaStorage

/// A service as a value: what it is called, what it owns, and how it is put together from what it is given.
///
/// It never finds out where it runs: beside the others of its fleet, or on a bench in a test. One is
/// made per fleet, in the fleet's map.
public protocol ServiceBlueprint: Sendable {
    /// What the rest of the fleet may know of it.
    var manifest: ServiceManifest { get }

    /// The service's own tables. Those of outbox, consumer and activities are added by the host;
    /// a service that records events or runs sagas lists `EventStore.migrations` and `SagaEngine.migrations` itself.
    var migrations: [MigrationSet] { get }

    /// Puts the service together. Called once per incarnation, before anything of it runs.
    ///
    /// - Throws: what keeps the service from starting. At its start the fleet then does not start either; a service
    ///   that was stopped stays away until somebody starts it again.
    func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts
}

extension ServiceBlueprint {
    /// All the tables of the service's database: the host's, then its own.
    package var schema: [MigrationSet] {
        [Outbox.migrations, Consumer.migrations, Activities.migrations, LeaseTable.migrations] + migrations
    }
}

/// What the fleet knows of a service without running it. Routes, subscriptions and dashboards derive from it.
public struct ServiceManifest: Sendable {
    /// Lower-case, unique in the fleet: `orders`. It names the database and the message source.
    public var name: String
    public var version: String
    /// One sentence: why this is a service of its own.
    public var purpose: String
    /// The types of the messages it sends.
    public var publishes: [String]
    /// The types of the messages it handles; its handlers must be exactly these.
    public var consumes: [String]
    /// The services it calls and waits for.
    public var calls: [String]
    /// The operations others may call, by the names of their gRPC methods: `GetProducts`.
    public var operations: [String] = []
    /// What it does of its own accord, by the names of its jobs, each with its usual interval.
    public var schedules: [String: Duration] = [:]
    /// What it does outside of transactions, asked of something outside, by the names of its activities.
    public var activities: [String] = []
    /// How many copies of it may run side by side on its database; 1 for one that keeps something in memory, or in
    /// files of its own, that others would have to know.
    public var replicasMax: Int

    public init(
        name: String, version: String = "1.0.0", purpose: String, publishes: [String] = [],
        consumes: [String] = [], calls: [String] = [], operations: [String] = [],
        schedules: [String: Duration] = [:], activities: [String] = [], replicasMax: Int = 8
    ) {
        self.name = name
        self.version = version
        self.purpose = purpose
        self.publishes = publishes
        self.consumes = consumes
        self.calls = calls
        self.operations = operations
        self.schedules = schedules
        self.activities = activities
        self.replicasMax = replicasMax
    }
}
