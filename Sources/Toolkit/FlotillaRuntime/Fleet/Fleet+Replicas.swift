internal import FlotillaCore
public import FlotillaHTTP
public import FlotillaMessaging
public import FlotillaResilience
internal import Synchronization

/// Who runs, and where requests go.
extension Fleet {
    /// Every replica a service is to have, whether it runs or not; none for a name that is not in the map.
    public func replicas(of service: String) -> [Replica] {
        guard map.manifests.contains(where: { $0.name == service }) else { return [] }
        return (1...options.replicaCount(of: service)).map { Replica(service, $0) }
    }

    /// Whether every service of the map runs, be it with one replica of several.
    public var isServing: Bool { map.manifests.allSatisfy { instance(of: $0.name) != nil } }

    /// What answers a service's next HTTP request; nil while it is away.
    ///
    /// Where several replicas run it is the one that the fleet's balancer picks when the request comes. Ask for every
    /// call anew: a call that is made again over the same responder goes to a replica it has not been at.
    public func responder(for service: String) -> (any Responder)? {
        guard let balancer = balancers.balancer(of: service) else { return instance(of: service)?.responder }
        guard instance(of: service) != nil else { return nil }
        return BalancedResponder(balancer.call(), world: options.world) { [weak self] instance in
            guard let responder = self?.responder(of: instance.id) else { throw ServiceError.unavailable(service) }
            return responder
        }
    }

    /// What the balancers of the services with several replicas look like now.
    public func balancerSnapshots() -> [BalancerSnapshot] { balancers.snapshots() }

    /// What answers for a replica, by the name it has with its balancer; nil while it is away.
    private func responder(of id: InstanceID) -> (any Responder)? {
        guard let dash = id.text.lastIndex(of: "-"), let number = Int(id.text[id.text.index(after: dash)...]),
            let instance = instance(of: Replica(String(id.text[..<dash]), number))
        else { return nil }
        guard let executor = options.seats[instance.replica]?.executor else { return instance.responder }
        return ReplicaResponder(responder: instance.responder, executor: executor)
    }

    /// Tells the balancer of a service which of its replicas run now.
    func replicasChanged(of service: String) {
        balancers.changed(service) {
            instances(of: service).map { instance in
                let name = instance.replica.description
                return InstanceRecord(
                    instance: Instance(id: InstanceID(unchecked: name), service: service, address: name),
                    registeredAt: instance.startedAt)
            }
        }
    }

    /// The running incarnation of a service, the first one where there are several; nil while it is away.
    public func instance(of service: String) -> ServiceInstance? {
        state.withLock { state in
            for number in 1...options.replicaCount(of: service) {
                if case .running(let instance) = state.slots[Replica(service, number)] { return instance }
            }
            return nil
        }
    }

    /// The running incarnations of a service's replicas, in their order.
    public func instances(of service: String) -> [ServiceInstance] { replicas(of: service).compactMap(instance) }

    /// The running incarnation of a replica; nil while it is away.
    public func instance(of replica: Replica) -> ServiceInstance? {
        state.withLock { state in
            if case .running(let instance) = state.slots[replica] { instance } else { nil }
        }
    }

    /// The consumer of a service, in the replica that runs it now if one does; nil while the service is away, or when
    /// it handles no messages.
    public func consumer(of service: String) -> Consumer? {
        let instances = instances(of: service)
        return (instances.first { $0.pieces?.contains("consumer") ?? true } ?? instances.first)?.consumer
    }

    /// `running`, `stopped`, `starting`, `stopping` or `failed: …`, and `1 of 2 replicas run` where it is some of
    /// several; nil for a name that is not in the map.
    public func condition(of service: String) -> String? {
        let replicas = replicas(of: service)
        let conditions = replicas.compactMap(condition)
        guard Set(conditions).count > 1 else { return conditions.first }
        return "\(conditions.count { $0 == "running" }) of \(replicas.count) replicas run"
    }

    /// `running`, `stopped`, `starting`, `stopping` or `failed: …`; nil for one that is not in the fleet.
    public func condition(of replica: Replica) -> String? {
        state.withLock { state in
            switch state.slots[replica] {
            case .stopped: "stopped"
            case .starting: "starting"
            case .running: "running"
            case .stopping: "stopping"
            case .failed(let reason): "failed: \(reason)"
            case nil: nil
            }
        }
    }
}

/// The databases that replicas share.
extension Fleet {
    /// Opens a service's database for one more replica. Replicas are started one at a time.
    func openStore(of blueprint: any ServiceBlueprint) async throws -> ServiceStore {
        let service = blueprint.manifest.name
        let known = state.withLock { state in
            state.stores[service]?.users += 1
            return state.stores[service]?.store
        }
        if let known { return known }
        let store = try await ServiceStore(blueprint, options: options)
        state.withLock { $0.stores[service] = OpenStore(store: store) }
        return store
    }

    /// Offers the messages of a service, when the first of its replicas begins to run.
    func announce(_ service: String) {
        let store = state.withLock { state in
            guard state.stores[service]?.isAnnounced == false else { return nil as ServiceStore? }
            state.stores[service]?.isAnnounced = true
            return state.stores[service]?.store
        }
        if let store { broker.attach(store.outbox) }
    }

    /// One replica less is on a service's database; the last one closes it.
    func closeStore(of service: String) {
        let last = state.withLock { state in
            guard let entry = state.stores[service] else { return nil as ServiceStore? }
            if entry.users == 1 { return state.stores.removeValue(forKey: service)?.store }
            state.stores[service]?.users -= 1
            return nil
        }
        guard let last else { return }
        broker.detach(producer: service)
        last.close()
    }
}
