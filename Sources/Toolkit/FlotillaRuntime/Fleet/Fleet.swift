public import FlotillaCore
internal import FlotillaMessaging
public import FlotillaObservability
public import FlotillaResilience
internal import FlotillaRPC
public import FlotillaSecurity
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
        case start(Replica, CheckedContinuation<Void, any Error>)
        case stop(Replica, isKill: Bool, CheckedContinuation<Void, any Error>)
    }

    struct OpenStore {
        var store: ServiceStore
        var users = 1
        var isAnnounced = false
    }

    struct State {
        var slots: [Replica: Slot] = [:]
        var stops: [Replica: AsyncStream<Void>.Continuation] = [:]
        var stopWaiters: [Replica: [CheckedContinuation<Void, any Error>]] = [:]
        /// The open databases, and how many replicas are on each.
        var stores: [String: OpenStore] = [:]
        var isRunning = false
    }

    public let map: FleetMap
    public let options: FleetOptions
    /// The guards of every remote call in this process.
    public let policies: PolicyRegistry
    private let guardTelemetry: GuardTelemetry
    let exchange: RPCExchange
    let balancers: ReplicaBalancers
    /// Nil without an identity.
    let keys: KeyKeeper?
    let broker: any Broker
    let state: Mutex<State>
    private let commands: AsyncStream<Command>
    private let commandSink: AsyncStream<Command>.Continuation

    public init(_ map: FleetMap, options: FleetOptions) {
        self.map = map
        self.options = options
        let guardTelemetry = GuardTelemetry(world: options.world, sink: options.sink, level: options.level)
        self.guardTelemetry = guardTelemetry
        policies = PolicyRegistry(
            world: options.world, book: options.policies, observer: { guardTelemetry.observe($0) })
        let balancers = ReplicaBalancers(
            map.manifests.map(\.name).filter { options.replicaCount(of: $0) > 1 }, policy: options.balancer,
            outliers: options.outliers, world: options.world)
        self.balancers = balancers
        exchange = RPCExchange(link: options.link) { balancers.balancer(of: $0) }
        keys = options.identity.map { [policies] in KeyKeeper($0, options: options, policies: policies) }
        broker = options.broker(map.interests, options.world.time)
        var state = State()
        for manifest in map.manifests {
            for number in 1...options.replicaCount(of: manifest.name) {
                state.slots[Replica(manifest.name, number)] = .stopped
            }
        }
        self.state = Mutex(state)
        (commands, commandSink) = AsyncStream.makeStream(of: Command.self, bufferingPolicy: .bufferingOldest(256))
        followPolicies()
    }

    /// Starts every service, in the map's order, and runs them until the task is cancelled. Once only.
    ///
    /// - Parameter onReady: called when all have started; it may run as long as the fleet, and what it throws ends
    ///   the fleet.
    /// - Throws: what kept a service from starting; `replicas` for more copies of a service than it allows.
    public func run(onReady: @escaping @Sendable () async throws -> Void = {}) async throws {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        precondition(isFirst, "a fleet runs once")
        defer { failWaiters() }
        try map.check(options.replicas)
        try await withThrowingDiscardingTaskGroup { group in
            for manifest in map.manifests {
                for replica in replicas(of: manifest.name) { try await launch(replica, in: &group) }
            }
            if !balancers.isEmpty { group.addTask { await self.balancers.run() } }
            if let keys { group.addTask { await keys.run { try await self.askForKeys($0, $1) } } }
            // Beside the loop, not before it: a fleet whose doors stand open in there still obeys orders.
            group.addTask { try await onReady() }
            for await command in commands { await obey(command, in: &group) }
            group.cancelAll()
        }
    }

    /// Takes a service away: when this returns it answers nothing, handles nothing and its database is closed.
    ///
    /// - Throws: `not-found` for a name that is not in the map.
    public func stop(_ service: String) async throws {
        for replica in try known(service) { try await stop(replica) }
    }

    /// Brings a service back: when this returns it takes work again.
    ///
    /// - Throws: `not-found`, or what keeps it from starting.
    public func start(_ service: String) async throws {
        for replica in try known(service) { try await start(replica) }
    }

    /// Takes one replica away: it finishes what it has in hand and gives its work to the others.
    ///
    /// - Throws: `not-found` for one that is not in the fleet.
    public func stop(_ replica: Replica) async throws { try await order(replica) { .stop(replica, isKill: false, $0) } }

    /// Ends one replica as if its process had been killed: from now on nothing it does is kept, and its work waits
    /// until its leases have run out. The only replica of a service is stopped.
    ///
    /// - Throws: `not-found` for one that is not in the fleet.
    public func kill(_ replica: Replica) async throws { try await order(replica) { .stop(replica, isKill: true, $0) } }

    /// Brings one replica back: when this returns it takes work again.
    ///
    /// - Throws: `not-found`, or what keeps it from starting.
    public func start(_ replica: Replica) async throws { try await order(replica) { .start(replica, $0) } }

    private func known(_ service: String) throws -> [Replica] {
        guard map.manifests.contains(where: { $0.name == service }) else { throw ServiceError.notFound("service") }
        return replicas(of: service)
    }

    private func order(
        _ replica: Replica, _ command: @Sendable (CheckedContinuation<Void, any Error>) -> Command
    ) async throws {
        guard condition(of: replica) != nil else { throw ServiceError.notFound("service") }
        try await withCheckedThrowingContinuation { continuation in
            switch commandSink.yield(command(continuation)) {
            case .enqueued: break
            default: continuation.resume(throwing: ServiceError.unavailable("the fleet"))
            }
        }
    }

    private func obey(_ command: Command, in group: inout ThrowingDiscardingTaskGroup<any Error>) async {
        switch command {
        case .start(let replica, let continuation):
            do {
                try await launch(replica, in: &group)
                continuation.resume()
            } catch {
                continuation.resume(throwing: error)
            }
        case .stop(let replica, let isKill, let continuation):
            let isDone = state.withLock { state in
                switch state.slots[replica] {
                case .running(let instance):
                    if isKill { instance.cutOff() }
                    state.slots[replica] = .stopping
                    fallthrough
                case .stopping:
                    state.stopWaiters[replica, default: []].append(continuation)
                    state.stops[replica]?.finish()
                    return false
                default:
                    return true
                }
            }
            replicasChanged(of: replica.service)
            if isDone { continuation.resume() }
        }
    }

    /// Starts one replica and hosts it as a child of `group`.
    private func launch(
        _ replica: Replica, in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws {
        let mayStart = state.withLock { state in
            switch state.slots[replica] {
            case .stopped, .failed:
                state.slots[replica] = .starting
                return true
            default:
                return false
            }
        }
        guard mayStart else {
            if "running" == condition(of: replica) { return }
            throw ServiceError(
                .unavailable, "in-between", "\(replica.service) is \(condition(of: replica) ?? "away"); try again.")
        }
        do {
            let instance = try await makeInstance(replica)
            let (stop, stopSink) = AsyncStream.makeStream(of: Void.self)
            state.withLock { $0.stops[replica] = stopSink }
            if let executor = options.seats[replica]?.executor {
                group.addTask(executorPreference: executor) { await self.host(instance, until: stop) }
            } else {
                group.addTask { await self.host(instance, until: stop) }
            }
            try await instance.waitUntilServing()
            state.withLock { state in
                if case .starting = state.slots[replica] { state.slots[replica] = .running(instance) }
            }
            // The policies may have changed since it was put together.
            instance.goByPolicies(of: options)
            replicasChanged(of: replica.service)
            instance.health.setInService(true)
        } catch {
            state.withLock { $0.slots[replica] = .failed(String(describing: error)) }
            throw error
        }
    }

    private func makeInstance(_ replica: Replica) async throws -> ServiceInstance {
        guard let blueprint = map.services.first(where: { $0.manifest.name == replica.service }) else {
            throw ServiceError.notFound("service")
        }
        let store = try await openStore(of: blueprint)
        do {
            return try await ServiceInstance(blueprint, replica, on: store, fleet: self)
        } catch {
            closeStore(of: replica.service)
            throw error
        }
    }

    private func host(_ instance: ServiceInstance, until stop: AsyncStream<Void>) async {
        announce(instance.replica.service)
        await withDiscardingTaskGroup { group in
            group.addTask { await instance.run() }
            for await _ in stop {}
            instance.health.setInService(false)
            group.cancelAll()
        }
        await instance.leave()
        let replica = instance.replica
        closeStore(of: replica.service)
        let waiters = state.withLock { state in
            state.slots[replica] = .stopped
            state.stops[replica] = nil
            return state.stopWaiters.removeValue(forKey: replica) ?? []
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

    /// The metrics of every service that runs here, and of the guards of the calls between them.
    public func metrics() -> [MetricFamily] {
        MetricFamily.merged(
            map.manifests.compactMap { instance(of: $0.name)?.telemetry.metrics.snapshot() }
                + [
                    guardTelemetry.families(of: policies.snapshots()),
                    BalancerMetrics.families(of: balancers.snapshots().map { ("fleet", $0) }),
                    ShedderMetrics.families(of: policies.shedders.snapshots()),
                    QueueMetrics.families(of: self),
                ])
    }

    /// Checks the tokens of callers with the keys that the identity's service publishes; nil without an identity.
    ///
    /// - Parameter world: whose clock says what has expired; nil: the fleet's.
    public func makeVerifier(world: World? = nil) -> TokenVerifier? {
        guard let identity = options.identity, let keys else { return nil }
        return TokenVerifier(
            issuer: identity.issuer, audience: identity.audience,
            keys: FleetKeys(fleet: self, keeper: keys), world: world ?? options.world)
    }
}
