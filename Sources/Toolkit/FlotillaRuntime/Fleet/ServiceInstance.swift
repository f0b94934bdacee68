public import FlotillaCore
public import FlotillaHTTP
public import FlotillaMessaging
public import FlotillaObservability
internal import FlotillaRPC
internal import FlotillaSecurity
public import FlotillaSagas
public import FlotillaStorage
internal import Foundation

/// One incarnation of a service: its database, its parts and the tasks that run them.
public final class ServiceInstance: Sendable {
    public let manifest: ServiceManifest
    public let database: Database
    public let outbox: Outbox
    /// Nil for a service that handles no messages.
    public let consumer: Consumer?
    public let activities: Activities?
    public let sagas: SagaEngine?
    public let telemetry: Telemetry
    public let health: HealthMonitor
    public let responder: ServiceResponder
    public let startedAt: Timestamp
    private let rpc: RPCHost?
    private let jobs: [Job]
    private let broker: any Broker
    private let world: World

    /// Opens the service's database and puts it together.
    init(_ blueprint: any ServiceBlueprint, fleet: Fleet) async throws {
        let options = fleet.options
        let manifest = blueprint.manifest
        let world = options.world(of: manifest.name)
        let folder = "\(options.dataFolder)/\(manifest.name)"
        try Self.makeFolder(folder)
        self.manifest = manifest
        self.world = world
        broker = fleet.broker
        startedAt = world.now
        let telemetry = Telemetry(
            service: manifest.name, world: world, sink: options.sink, metrics: MetricsRegistry(),
            spans: options.spans, level: options.level)
        self.telemetry = telemetry
        let database = try Database(
            path: "\(folder)/\(manifest.name).sqlite",
            migrations: [Outbox.migrations, Consumer.migrations, Activities.migrations] + blueprint.migrations,
            world: world, options: options.database(of: manifest.name))
        self.database = database
        do {
            let outbox = try await Outbox(producer: manifest.name, database: database, world: world)
            self.outbox = outbox
            let verifier = fleet.makeVerifier(world: world)
            let parts = try await blueprint.assemble(
                ServiceNeeds(
                    world: world, database: database, outbox: outbox, telemetry: telemetry,
                    exchange: fleet.exchange, policies: fleet.policies, verifier: verifier,
                    settings: options.settings[manifest.name] ?? ServiceSettings(), folder: folder))
            let handlers = parts.handlers + (parts.sagas?.handlers() ?? [])
            try Self.check(handlers, against: manifest)
            consumer =
                handlers.isEmpty
                ? nil
                : Consumer(
                    interest: Interest(consumer: manifest.name, types: Set(manifest.consumes)), handlers: handlers,
                    database: database, outbox: outbox, broker: fleet.broker, world: world, telemetry: telemetry)
            activities = parts.activities
            sagas = parts.sagas
            jobs = parts.jobs
            rpc = parts.rpc.isEmpty ? nil : RPCHost(parts.rpc, on: fleet.exchange, telemetry: telemetry) { token in
                guard let verifier else { throw ServiceError.unavailable("the check of tokens") }
                return try await verifier.verify(token)
            }
            health = HealthMonitor(
                service: manifest.name, version: manifest.version,
                checks: [Self.databaseCheck(database)] + parts.healthChecks, world: world, diskPath: folder)
            responder = ServiceResponder(
                service: manifest.name, routes: parts.routes, verifier: verifier, telemetry: telemetry, world: world,
                health: health, version: manifest.version)
        } catch {
            database.close()
            throw error
        }
    }

    /// Runs the parts until the task is cancelled. A part that fails is started again after a pause.
    func run() async {
        broker.attach(outbox)
        await withDiscardingTaskGroup { group in
            group.addTask { await self.supervise("outbox") { try await self.outbox.run() } }
            if let rpc { group.addTask { await self.supervise("rpc") { try await rpc.run() } } }
            if let consumer { group.addTask { await self.supervise("consumer") { try await consumer.run() } } }
            if let activities { group.addTask { await self.supervise("activities") { try await activities.run() } } }
            if let sagas { group.addTask { await self.supervise("sagas") { try await sagas.run() } } }
            for job in jobs {
                group.addTask { await self.supervise("job \(job.name)") { try await self.repeating(job) } }
            }
        }
    }

    /// Returns when other services can call it.
    func waitUntilServing() async throws {
        try await rpc?.waitUntilRunning()
    }

    func close() { database.close() }

    private func supervise(_ part: String, _ body: @Sendable () async throws -> Void) async {
        var pause = Duration.milliseconds(100)
        while !Task.isCancelled {
            do {
                try await body()
                return
            } catch {
                if Task.isCancelled { return }
                telemetry.log(
                    .error, "a part of the service failed and is started again", nil, error: error, ["part": part])
                do { try await world.time.sleep(for: pause) } catch { return }
                pause = min(.seconds(30), pause * 2)
            }
        }
    }

    private func repeating(_ job: Job) async throws {
        while !Task.isCancelled {
            try await world.time.sleep(for: job.interval)
            try await telemetry.span("job \(job.name)", .root(world, timeout: job.interval)) { try await job.run($0) }
        }
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

    private static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw ServiceError(
                .internal, "data-folder", "The folder \(path) cannot be made: check the path and who may write there.",
                cause: error)
        }
    }
}
