internal import FlotillaCore
internal import FlotillaMessaging
public import FlotillaResilience
internal import FlotillaStorage

/// How a policy file reaches what runs.
extension Fleet {
    /// Goes by the policy file from now on, and by every one that is adopted later.
    func followPolicies() {
        guard let live = options.livePolicies else { return }
        live.follow { [weak self] file, before in self?.adopt(file, before: before) ?? [] }
    }

    /// Makes doors, balancers, consumers, activities and databases go by a file; the guards of calls have it by then.
    ///
    /// - Parameter before: what held until now; nil at the start.
    /// - Returns: what the file says that takes effect only with the next start, a sentence each.
    private func adopt(_ file: PolicyFile, before: PolicyFile?) -> [String] {
        policies.shedders.adopt(file.doorBook)
        balancers.adopt { service in
            guard let shape = options.livePolicies?.shape, let found = file.choice(of: service, for: shape) else {
                return (options.balancer, options.outliers)
            }
            return found.entry.bounds.resolved(options.balancer, options.outliers)
        }
        for manifest in map.manifests {
            for instance in instances(of: manifest.name) { instance.goByPolicies(of: options) }
        }
        guard let before, let shape = options.livePolicies?.shape else { return [] }
        return Set(shape.routes.map(\.door)).sorted().compactMap { door in
            guard policies.shedders[door] == nil, let wanted = file.door(for: door)?.entry.bounds,
                wanted != before.door(for: door)?.entry.bounds
            else { return nil }
            return "door \(door): it was started without a limit; the new one takes effect when it is started with one."
        }
    }

    /// Holds a replica out of the choice or in it for an operator; nil lets it go.
    ///
    /// - Throws: `not-found` for one that is not in the fleet, `one-replica` (conflict) for a service that runs alone.
    public func hold(_ replica: Replica, _ force: EndpointForce?) throws {
        guard condition(of: replica) != nil else { throw ServiceError.notFound("replica") }
        guard let balancer = balancers.balancer(of: replica.service) else {
            throw ServiceError(
                .conflict, "one-replica",
                "\(replica.service) runs with one replica, so there is nothing to choose; stop it to take it away.")
        }
        guard balancer.force(force, InstanceID(unchecked: replica.description)) else {
            throw ServiceError(
                .conflict, "not-running", "\(replica) does not run and was never called; start it first.")
        }
    }
}

extension ServiceInstance {
    /// Goes by what the policy file says of the service now. Callable at any time, and again.
    func goByPolicies(of options: FleetOptions) {
        let service = manifest.name
        consumer?.adopt(options.redelivery(of: service), batchMax: options.batchMax(of: service))
        if let file = options.livePolicies?.current.file {
            activities?.adopt { file.activityPolicy(of: service, $0) }
        }
        let bounds = options.database(of: service)
        database.adopt(queuedWritesMax: bounds.queuedWritesMax, groupWritesMax: bounds.groupWritesMax)
    }
}
