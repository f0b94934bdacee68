internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaRPC
public import FlotillaRuntime
public import FlotillaStorage

extension Lab {
    /// A service's database as it would be had the service begun afresh and handled everything that was published.
    ///
    /// On a machine of its own, without faults and without any mutant: each message once, those of a producer in their
    /// order. What the handlers send goes nowhere; activities, sagas and jobs do not run, so compare what is made of
    /// messages alone, and leave out what is drawn or sealed anew (IDs, ciphertexts).
    ///
    /// - Throws: ``ServiceAway`` for a service that is not there now or never was; what a handler or `body` throws.
    public func replay<Result>(_ service: String, _ body: (Transaction) throws -> Result) async throws -> Result {
        guard let fleet, let blueprint = original.services.first(where: { $0.manifest.name == service }) else {
            throw ServiceAway(service: service)
        }
        let machine = SimulatedMachine(service: "\(service), again", seed: seed, scheduler: scheduler)
        let folder = "\(options.dataFolder)/\(service)"
        var databaseOptions = machine.disk.options()
        // A thread of its own would answer at a time of its own.
        databaseOptions.writer = .inline
        let database = try Database(
            path: "\(folder)/replay.sqlite", migrations: blueprint.schema, world: machine.world,
            options: databaseOptions)
        defer { database.close() }
        let parts = try await blueprint.assemble(
            ServiceNeeds(
                world: machine.world, database: database,
                outbox: try await Outbox(producer: service, database: database, world: machine.world),
                telemetry: .silent(service: service, world: machine.world), exchange: RPCExchange(),
                policies: fleet.policies, verifier: nil, settings: options.settings[service] ?? ServiceSettings(),
                folder: folder))
        let messages = published.messages
        let handlers = Dictionary(uniqueKeysWithValues: parts.handlers.map { ($0.type, $0) })
        try await database.write { transaction in
            for message in messages {
                guard let handler = handlers[message.type] else { continue }
                _ = try handler.handle(transaction, Delivery(message: message, attempt: 1, now: message.time))
            }
        }
        return try await database.read(body)
    }
}
