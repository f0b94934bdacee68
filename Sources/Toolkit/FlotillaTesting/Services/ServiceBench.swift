public import FlotillaCore
public import FlotillaHTTP
public import FlotillaMessaging
public import FlotillaObservability
public import FlotillaRuntime
internal import FlotillaSecurity
internal import FlotillaStorage
public import HTTPTypes
public import Testing

/// One service under test, run by the real fleet in one process, with a second service that plays all the others.
///
/// Databases are real files, messages take the real way through outbox, broker and consumer, tokens
/// are really signed; only the clock is manual.
public final class ServiceBench: Sendable {
    /// The service's name.
    public let service: String
    /// Stands still until it is moved on.
    public let time: ManualTime
    /// The world of everything in the fleet.
    public let world: World
    /// Takes the service away and brings it back.
    public let fleet: Fleet
    /// What was logged.
    public let logs: MemoryLogSink
    /// Where all data is.
    public let folder: TemporaryFolder
    private let tokens: TokenIssuer

    private static let counterpart = "counterpart"
    private static let key = Result { try SigningKey.generate() }

    private init(
        _ blueprint: any ServiceBlueprint, folder: TemporaryFolder, time: ManualTime, seed: UInt64,
        settings: ServiceSettings
    ) throws {
        let manifest = blueprint.manifest
        service = manifest.name
        self.time = time
        self.folder = folder
        world = World.manual(time, seed: seed)
        logs = MemoryLogSink()
        tokens = TokenIssuer(
            issuer: "https://tests.example", audience: "tests", key: try Self.key.get(), world: world)
        let counterpart = Counterpart(
            name: Self.counterpart, publishes: manifest.consumes, consumes: manifest.publishes, keys: tokens.jwksJSON)
        fleet = Fleet(
            try FleetMap([counterpart, blueprint]),
            options: FleetOptions(
                dataFolder: folder.path, world: world, sink: logs,
                identity: .init(issuer: "https://tests.example", audience: "tests", service: Self.counterpart),
                settings: [manifest.name: settings]))
    }

    /// Runs `body` while the service runs, then stops everything.
    ///
    /// - Parameters:
    ///   - folder: the one of an earlier run to go on with its data.
    ///   - seed: of the randomness; one of its own for each run on the same folder, so that no ID is made twice.
    public static func run<Value: Sendable>(
        _ blueprint: any ServiceBlueprint, in folder: TemporaryFolder? = nil, time: ManualTime = ManualTime(),
        seed: UInt64 = 1, settings: ServiceSettings = ServiceSettings(),
        _ body: (ServiceBench) async throws -> Value
    ) async throws -> Value {
        let bench = try ServiceBench(
            blueprint, folder: try folder ?? TemporaryFolder(), time: time, seed: seed, settings: settings)
        let (ready, readySink) = AsyncStream.makeStream(of: Void.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { readySink.finish() }
                try await bench.fleet.run { readySink.finish() }
            }
            for await _ in ready {}
            guard bench.fleet.condition(of: bench.service) == "running" else {
                try await group.waitForAll()
                throw ServiceError(.internal, "bench", "The service did not start.")
            }
            defer { group.cancelAll() }
            return try await body(bench)
        }
    }

    // MARK: Messages

    /// Sends a message to the service, as another service would.
    ///
    /// - Parameter saga: the mark of a saga's step, which answers carry as well.
    public func send(_ payload: some MessagePayload, subject: String, saga: String = "") async throws {
        guard let sender = fleet.instance(of: Self.counterpart) else {
            throw ServiceError.unavailable("the counterpart")
        }
        let cause = Cause(CallContext.root(world, timeout: .seconds(30)))
        let outgoing = try Outgoing(payload, subject: subject, saga: saga)
        try await sender.database.write { try sender.outbox.append([outgoing], cause: cause, in: $0) }
    }

    /// What the service has sent so far, in order.
    public func received() async throws -> [Message] {
        guard let receiver = fleet.instance(of: Self.counterpart) else { return [] }
        return try await receiver.database.read { try Counterpart.received(in: $0) }
    }

    /// The payloads of one type that the service has sent so far, in order.
    public func received<Payload: MessagePayload>(_ payload: Payload.Type) async throws -> [Payload] {
        try await received().filter { $0.type == Payload.messageType }.map { try Payload(messageBytes: $0.data) }
    }

    // MARK: Requests

    /// Asks the service over its HTTP responder.
    ///
    /// - Parameter principal: who asks, with a real token; nil: nobody.
    public func respond(to request: Request, as principal: Principal? = nil) async throws -> Response {
        guard let responder = fleet.responder(for: service) else { throw ServiceError.unavailable(service) }
        var request = request
        if let principal {
            let token = try await tokens.issue(principal: principal, lifetime: .seconds(900))
            request.headers[.authorization] = "Bearer \(token.exposed)"
        }
        return await responder.respond(to: request)
    }

    /// Sends JSON and reads JSON.
    public func call(
        _ method: HTTPRequest.Method, _ target: String, _ body: JSONValue? = nil, as principal: Principal? = nil
    ) async throws -> (status: Int, json: JSONValue) {
        var request = Request(method, target: target, body: body?.bytes() ?? [])
        if body != nil { request.headers[.contentType] = "application/json" }
        let response = try await respond(to: request, as: principal)
        let bytes = try await response.collect()
        return (response.status.code, bytes.isEmpty ? .null : try JSONValue(parsing: bytes))
    }

    // MARK: The inside

    /// The running incarnation.
    ///
    /// - Throws: `unavailable` while it is stopped.
    public var instance: ServiceInstance {
        get throws {
            guard let instance = fleet.instance(of: service) else { throw ServiceError.unavailable(service) }
            return instance
        }
    }

    /// Moves the clock on until `condition` holds.
    public func advance(
        until what: String, step: Duration = .milliseconds(50), sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: () async throws -> Bool
    ) async throws {
        try await eventually(what, on: time, step: step, sourceLocation: sourceLocation, condition)
    }
}
