public import FlotillaCore
public import FlotillaHTTP
public import FlotillaMessaging
public import FlotillaObservability
internal import FlotillaRPC
internal import FlotillaSecurity
public import FlotillaSagas
public import FlotillaStorage

/// One incarnation of a service, or of one of its replicas: its parts and the tasks that run them.
public final class ServiceInstance: Sendable {
    public let manifest: ServiceManifest
    public let replica: Replica
    /// The service's database, as far as this incarnation may use it: closed at its end.
    public let database: Database
    public let outbox: Outbox
    /// Nil for a service that handles no messages. Of replicas, one runs it at a time.
    public let consumer: Consumer?
    public let activities: Activities?
    public let sagas: SagaEngine?
    public let telemetry: Telemetry
    public let health: HealthMonitor
    public let responder: ServiceResponder
    public let startedAt: Timestamp
    private let rpc: RPCHost?
    private let work: InstanceWork
    private let keeper: LeaseKeeper?

    /// Puts the service together on its store.
    init(_ blueprint: any ServiceBlueprint, _ replica: Replica, on store: ServiceStore, fleet: Fleet) async throws {
        let options = fleet.options
        let manifest = blueprint.manifest
        let world = options.world(of: replica)
        let isShared = options.replicaCount(of: manifest.name) > 1
        self.manifest = manifest
        self.replica = replica
        startedAt = world.now
        let telemetry = Telemetry(
            service: manifest.name, world: world, sink: options.sink,
            metrics: isShared ? store.metrics : MetricsRegistry(), spans: options.spans, level: options.level)
        self.telemetry = telemetry
        let presence = isShared ? try await Self.enter(replica, store, world, options.leases) : nil
        let database =
            presence.map { Database(sharing: store.database, name: replica.description, claim: $0.token) }
            ?? store.database
        self.database = database
        outbox = store.outbox
        do {
            let verifier = fleet.makeVerifier(world: world)
            let parts = try await blueprint.assemble(
                ServiceNeeds(
                    world: world, database: database, outbox: outbox, telemetry: telemetry, exchange: fleet.exchange,
                    policies: fleet.policies, verifier: verifier,
                    settings: options.settings[manifest.name] ?? ServiceSettings(), folder: store.folder
                ).going(by: options.livePolicies?.current.file, of: manifest.name))
            let handlers = parts.handlers + (parts.sagas?.handlers() ?? [])
            try Self.check(handlers, against: manifest)
            let consumer =
                handlers.isEmpty ? nil
                : Consumer(
                    interest: Interest(consumer: manifest.name, types: Set(manifest.consumes)), handlers: handlers,
                    database: database, outbox: outbox, broker: fleet.broker, world: world, telemetry: telemetry,
                    policy: options.redelivery(of: manifest.name), batchMax: options.batchMax(of: manifest.name))
            self.consumer = consumer
            activities = parts.activities
            sagas = parts.sagas
            rpc = Self.host(parts.rpc, replica, on: fleet.exchange, telemetry: telemetry, verifier: verifier)
            work = InstanceWork(
                outbox: outbox, consumer: consumer, sagas: parts.sagas, jobs: parts.jobs, telemetry: telemetry)
            keeper = presence.map { [work] presence in
                LeaseKeeper(
                    replica, presence: presence, pieces: work.pieces, database: database, world: world,
                    policy: options.leases, telemetry: telemetry)
            }
            let checks = [Self.databaseCheck(database)] + (keeper.map { [$0.healthCheck] } ?? []) + parts.healthChecks
            health = HealthMonitor(
                service: manifest.name, version: manifest.version, checks: checks, world: world, diskPath: store.folder)
            responder = ServiceResponder(
                service: manifest.name, routes: parts.routes, verifier: verifier, telemetry: telemetry, world: world,
                health: health, version: manifest.version)
        } catch {
            if isShared { database.close() }
            throw error
        }
    }

    /// The pieces of work that this one of several replicas does now: `consumer`, `schedule`, `sagas`, `job tidy`. Nil
    /// for a service without replicas, which does all of it.
    public var pieces: [String]? { keeper?.working }

    /// Runs the parts until the task is cancelled. A part that fails is started again after a pause.
    func run() async {
        await withDiscardingTaskGroup { group in
            if let keeper {
                group.addTask { await self.work.supervise("leases") { try await keeper.run() } }
            } else {
                for piece in work.pieces { group.addTask { await piece.run() } }
            }
            if let rpc { group.addTask { await self.work.supervise("rpc") { try await rpc.run() } } }
            if let activities {
                group.addTask { await self.work.supervise("activities") { try await activities.run() } }
            }
        }
    }

    /// Returns when other services can call it.
    func waitUntilServing() async throws {
        try await rpc?.waitUntilRunning()
    }

    /// From now on nothing it does is kept: as if its process had been killed.
    func cutOff() {
        if keeper != nil { database.close() }
    }

    /// Lets others have its work, and ends.
    func leave() async {
        guard let keeper else { return }
        do {
            try await keeper.giveBack()
        } catch {
            telemetry.log(
                .info, "a replica ends without giving its work back: others wait until its leases run out", nil,
                error: error, ["replica": replica.description])
        }
        database.close()
    }

    /// Says that the replica is there; what an earlier incarnation of it still holds is taken from it.
    private static func enter(
        _ replica: Replica, _ store: ServiceStore, _ world: World, _ policy: LeasePolicy
    ) async throws -> Lease {
        let now = world.now
        let lease = try await store.database.write { transaction in
            try LeaseTable.acquire(
                replica.presence, for: replica.description, lasting: policy.duration, now: now, in: transaction)
        }
        guard let lease else {
            throw ServiceError(
                .internal, "replica-twice", "The place of \(replica) is held by another: two fleets share a database.")
        }
        return lease
    }

    private static func host(
        _ services: [RPCService], _ replica: Replica, on exchange: RPCExchange, telemetry: Telemetry,
        verifier: TokenVerifier?
    ) -> RPCHost? {
        guard !services.isEmpty else { return nil }
        return RPCHost(
            services, on: exchange, telemetry: telemetry,
            authenticate: { token in
                guard let verifier else { throw ServiceError.unavailable("the check of tokens") }
                return try await verifier.verify(token)
            }, replica: replica.number)
    }

    private static func check(_ handlers: [MessageHandler], against manifest: ServiceManifest) throws {
        let handled = Set(handlers.map(\.type))
        let declared = Set(manifest.consumes)
        guard handled != declared else { return }
        throw ServiceError(
            .internal, "service-manifest",
            "\(manifest.name) handles other messages than its manifest says: not declared "
                + "\(handled.subtracting(declared).sorted()), not handled \(declared.subtracting(handled).sorted()).")
    }

    private static func databaseCheck(_ database: Database) -> HealthCheck {
        HealthCheck(name: "database", succeeding: {
            _ = try await database.read { try $0.exists("SELECT 1") }
        })
    }
}
