public import FlotillaResilience
internal import Synchronization

/// What the policies of a run have turned away.
extension Lab {
    /// Counts what the guards and doors of a registry refuse; for one that belongs to no fleet, as a gateway's.
    public func watch(_ policies: PolicyRegistry) { registries.withLock { $0.append(policies) } }

    /// How often a policy did not let something through, as `standard/breaker`; `door/background` for what a door has
    /// shed; `capacity/orders` for what found the queue of a service full.
    var refusals: [String: Int] {
        var counts: [String: Int] = [:]
        func add(_ name: String, _ count: Int) {
            if count > 0 { counts[name, default: 0] += count }
        }
        for registry in registries.withLock({ $0 }) {
            for call in registry.snapshots() {
                add("\(call.policy)/breaker", call.breaker?.refusals ?? 0)
                add("\(call.policy)/bulkhead", call.bulkhead?.refusals ?? 0)
                add("\(call.policy)/timeout", call.timeouts)
            }
            for door in registry.shedders.snapshots() {
                for calls in door.calls { add("door/\(calls.priority.rawValue)", calls.shed) }
            }
        }
        for (service, crew) in network.crews { add("capacity/\(service)", crew.refusals) }
        return counts
    }
}
