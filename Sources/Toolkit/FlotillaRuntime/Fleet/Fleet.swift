public import FlotillaCore
public import FlotillaHTTP
internal import FlotillaMessaging
public import FlotillaObservability
public import FlotillaResilience
internal import FlotillaRPC
public import FlotillaSecurity
internal import HTTPTypes
internal import Synchronization

/// Runs the services of a map in one process: starts, supervises, stops and restarts them.
///
/// Services in it talk as they would across machines, by HTTP responders, gRPC and messages; here
/// each of these is handed over without a socket.
public final class Fleet: Sendable {
    enum Slot {
        case stopped
        case starting
        case running(ServiceInstance)
        case stopping
        case failed(String)
    }

    enum Command: Sendable {
        case start(String, CheckedContinuation<Void, any Error>)
        case stop(String, CheckedContinuation<Void, any Error>)
    }

    private struct State {
        var slots: [String: Slot] = [:]
        var stops: [String: AsyncStream<Void>.Continuation] = [:]
        var stopWaiters: [String: [CheckedContinuation<Void, any Error>]] = [:]
        var isRunning = false
    }

    public let map: FleetMap
    public let options: FleetOptions
    /// The guards of every remote call in this process.
    public let policies: PolicyRegistry
    private let guardTelemetry: GuardTelemetry
    let exchange: RPCExchange
    let broker: any Broker
    private let state: Mutex<State>
    private let commands: AsyncStream<Command>
    private let commandSink: AsyncStream<Command>.Continuation

    public init(_ map: FleetMap, options: FleetOptions) {
        self.map = map
        self.options = options
        let guardTelemetry = GuardTelemetry(world: options.world, sink: options.sink, level: options.level)
        self.guardTelemetry = guardTelemetry
        policies = PolicyRegistry(
            world: options.world, book: options.policies, observer: { guardTelemetry.observe($0) })
        exchange = RPCExchange(link: options.link)
        broker = options.broker(map.interests, options.world.time)
        var state = State()
        for manifest in map.manifests { state.slots[manifest.name] = .stopped }
        self.state = Mutex(state)
        (commands, commandSink) = AsyncStream.makeStream(of: Command.self, bufferingPolicy: .bufferingOldest(256))
    }

    /// Starts every service, in the map's order, and runs them until the task is cancelled. Once only.
    ///
    /// - Parameter onReady: called when all have started; it may run as long as the fleet, and what it throws ends
    ///   the fleet.
    /// - Throws: what kept a service from starting.
    public func run(onReady: @escaping @Sendable () async throws -> Void = {}) async throws {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        precondition(isFirst, "a fleet runs once")
        defer { failWaiters() }
        try await withThrowingDiscardingTaskGroup { group in
            for blueprint in map.services { try await launch(blueprint, in: &group) }
            // Beside the loop, not before it: a fleet whose doors stand open in there still obeys orders.
            group.addTask { try await onReady() }
            for await command in commands { await obey(command, in: &group) }
            group.cancelAll()
        }
    }

    /// Takes a service away: when this returns it answers nothing, handles nothing and its database is closed.
    ///
    /// - Throws: `not-found` for a name that is not in the map.
    public func stop(_ service: String) async throws { try await order(service) { .stop(service, $0) } }

    /// Brings a service back: when this returns it takes work again.
    ///
    /// - Throws: `not-found`, or what keeps it from starting.
    public func start(_ service: String) async throws { try await order(service) { .start(service, $0) } }

    /// Whether every service of the map runs.
    public var isServing: Bool { map.manifests.allSatisfy { instance(of: $0.name) != nil } }

    /// What answers a service's HTTP requests now; nil while it is away.
    public func responder(for service: String) -> (any Responder)? { instance(of: service)?.responder }

    /// The running incarnation of a service; nil while it is away.
    public func instance(of service: String) -> ServiceInstance? {
        state.withLock { state in
            if case .running(let instance) = state.slots[service] { instance } else { nil }
        }
    }

    /// `running`, `stopped`, `starting`, `stopping` or `failed: …`; nil for a name that is not in the map.
    public func condition(of service: String) -> String? {
        state.withLock { state in
            switch state.slots[service] {
            case .stopped: "stopped"
            case .starting: "starting"
            case .running: "running"
            case .stopping: "stopping"
            case .failed(let reason): "failed: \(reason)"
            case nil: nil
            }
        }
    }

    /// The metrics of every service that runs here, and of the guards of the calls between them.
    public func metrics() -> [MetricFamily] {
        MetricFamily.merged(
            map.manifests.compactMap { instance(of: $0.name)?.telemetry.metrics.snapshot() }
                + [guardTelemetry.families(of: policies.snapshots())])
    }

    private func order(
        _ service: String, _ command: @Sendable (CheckedContinuation<Void, any Error>) -> Command
    ) async throws {
        guard condition(of: service) != nil else { throw ServiceError.notFound("service") }
        try await withCheckedThrowingContinuation { continuation in
            switch commandSink.yield(command(continuation)) {
            case .enqueued: break
            default: continuation.resume(throwing: ServiceError.unavailable("the fleet"))
            }
        }
    }

    private func obey(_ command: Command, in group: inout ThrowingDiscardingTaskGroup<any Error>) async {
        switch command {
        case .start(let service, let continuation):
            do {
                guard let blueprint = map.services.first(where: { $0.manifest.name == service }) else {
                    throw ServiceError.notFound("service")
                }
                try await launch(blueprint, in: &group)
                continuation.resume()
            } catch {
                continuation.resume(throwing: error)
            }
        case .stop(let service, let continuation):
            let isDone = state.withLock { state in
                switch state.slots[service] {
                case .running:
                    state.slots[service] = .stopping
                    fallthrough
                case .stopping:
                    state.stopWaiters[service, default: []].append(continuation)
                    state.stops[service]?.finish()
                    return false
                default:
                    return true
                }
            }
            if isDone { continuation.resume() }
        }
    }

    /// Starts one service and hosts it as a child of `group`.
    private func launch(
        _ blueprint: any ServiceBlueprint, in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws {
        let name = blueprint.manifest.name
        let mayStart = state.withLock { state in
            switch state.slots[name] {
            case .stopped, .failed:
                state.slots[name] = .starting
                return true
            default:
                return false
            }
        }
        guard mayStart else {
            if case "running" = condition(of: name) { return }
            throw ServiceError(.unavailable, "in-between", "\(name) is \(condition(of: name) ?? "away"); try again.")
        }
        do {
            let instance = try await ServiceInstance(blueprint, fleet: self)
            let (stop, stopSink) = AsyncStream.makeStream(of: Void.self)
            state.withLock { $0.stops[name] = stopSink }
            group.addTask { await self.host(instance, until: stop) }
            try await instance.waitUntilServing()
            state.withLock { state in
                if case .starting = state.slots[name] { state.slots[name] = .running(instance) }
            }
            instance.health.setInService(true)
        } catch {
            state.withLock { $0.slots[name] = .failed(String(describing: error)) }
            throw error
        }
    }

    private func host(_ instance: ServiceInstance, until stop: AsyncStream<Void>) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await instance.run() }
            for await _ in stop {}
            instance.health.setInService(false)
            group.cancelAll()
        }
        let name = instance.manifest.name
        broker.detach(producer: name)
        instance.close()
        let waiters = state.withLock { state in
            state.slots[name] = .stopped
            state.stops[name] = nil
            return state.stopWaiters.removeValue(forKey: name) ?? []
        }
        for waiter in waiters { waiter.resume() }
    }

    private func failWaiters() {
        commandSink.finish()
        let waiters = state.withLock { state in
            defer { state.stopWaiters = [:] }
            return state.stopWaiters.values.flatMap { $0 }
        }
        for waiter in waiters { waiter.resume(throwing: ServiceError.unavailable("the fleet")) }
    }

    /// Checks the tokens of callers with the keys that the identity's service publishes; nil without an identity.
    ///
    /// - Parameter world: whose clock says what has expired; nil: the fleet's.
    public func makeVerifier(world: World? = nil) -> TokenVerifier? {
        guard let identity = options.identity else { return nil }
        return TokenVerifier(
            issuer: identity.issuer, audience: identity.audience,
            keys: FleetKeys(fleet: self, identity: identity), world: world ?? options.world)
    }
}

/// The key set of the identity's service, asked for without a socket.
private struct FleetKeys: JWKSSource {
    weak let fleet: Fleet?
    let identity: FleetOptions.Identity

    func jwks() async throws -> [UInt8] {
        guard let responder = fleet?.responder(for: identity.service) else {
            throw ServiceError.unavailable(identity.service)
        }
        let response = await responder.respond(to: Request(.get, identity.keysPath))
        guard response.status.code == 200 else { throw ServiceError.unavailable(identity.service) }
        return try await response.collect()
    }
}
