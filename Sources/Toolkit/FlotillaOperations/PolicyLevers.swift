internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRuntime
internal import HTTPTypes

/// The levers of `/ops/policies`: what an operator holds, whatever the policy and the calls say, until it is let go.
///
/// Each pull is a warning in the log with `audit`, who or what it was about, from what and to what. A change of the
/// policy file lets nothing go; the end of the process does.
struct PolicyLevers: Sendable {
    let fleet: Fleet
    let telemetry: Telemetry

    func add(to routes: inout Routes) {
        for path in ["/ops/policies/{target}/breaker", "/ops/breakers/{target}"] {
            routes.add(
                .put, path, access: .anyone, summary: "Hold a breaker open, closed or disabled; auto lets go",
                input: BreakerLever.self, answers: BreakerAnswer.self
            ) { call, lever in
                Answer(BreakerAnswer(try force(lever.state, call)))
            }
        }
        routes.add(
            .put, "/ops/policies/{target}/budget", access: .anyone,
            summary: "Have nothing made again, whatever the retry budget has saved; auto lets go",
            input: BudgetLever.self, answers: LeverAnswer.self
        ) { call, lever in
            let guardian = try guardian(call)
            let before = guardian.snapshot()
            guard before.retriesSaved != nil else { throw Self.nothing("retries to hold", before) }
            guardian.holdBudget(lever.state == .held)
            audit("retry-budget", before.target, before.isBudgetHeld ? "held" : "auto", lever.state.rawValue, call)
            return Answer(LeverAnswer(before.target, .call(guardian.snapshot())))
        }
        routes.add(
            .put, "/ops/policies/{target}/pool", access: .anyone,
            summary: "Hold the room of a call, and of all that share its pool, to other bounds; auto lets go",
            input: PoolLever.self, answers: LeverAnswer.self
        ) { call, lever in
            let guardian = try guardian(call)
            let before = guardian.snapshot()
            guard let pool = before.bulkhead else { throw Self.nothing("bulkhead to hold", before) }
            let bounds = lever.bounds(from: pool.policy)
            _ = guardian.forceRoom(bounds)
            audit("pool", before.target, Self.text(pool), bounds.map(Self.text) ?? "auto", call)
            return Answer(LeverAnswer(before.target, .call(guardian.snapshot())))
        }
        addDoors(to: &routes)
        addInstances(to: &routes)
    }

    private func addDoors(to routes: inout Routes) {
        routes.add(
            .put, "/ops/policies/{target}/limit", access: .anyone,
            summary: "Hold the limit of a door, or turn it off; auto lets go", input: LimitLever.self,
            answers: LeverAnswer.self
        ) { call, lever in
            let key = PolicyEntry.key(call.parameter("target"))
            guard let shedder = fleet.policies.shedders.snapshots().first(where: { key == "door\($0.target)" }) else {
                throw ServiceError(
                    .notFound, "not-found",
                    "There is no door of that name, or it lets everybody in. Names are like 'door gateway'.")
            }
            let limit = lever.limit(from: shedder.limit)
            fleet.policies.shedders[shedder.target]?.force(limit)
            let from = shedder.isOff ? "off" : shedder.isForced ? String(shedder.limit) : "auto"
            let to = lever.state == .held ? limit.map { String($0) } ?? "" : lever.state.rawValue
            audit("door", "door \(shedder.target)", from, to, call)
            let now = fleet.policies.shedders[shedder.target]?.snapshot() ?? shedder
            return Answer(LeverAnswer("door \(shedder.target)", .door(now)))
        }
    }

    private func addInstances(to routes: inout Routes) {
        routes.add(
            .put, "/ops/policies/{target}/instances/{instance}", access: .anyone,
            summary: "Hold an instance out of the choice (ejected) or in it (in-use); auto lets go",
            input: InstanceLever.self, answers: LeverAnswer.self
        ) { call, lever in
            let key = PolicyEntry.key(call.parameter("target"))
            let id = call.parameter("instance")
            let balancers = fleet.balancerSnapshots()
            let service = String(key.trimmingPrefix("balancer"))
            guard key.hasPrefix("balancer"), fleet.map.manifests.contains(where: { $0.name == service }),
                let replica = fleet.replicas(of: service).first(where: { $0.description == id })
            else {
                throw ServiceError(
                    .notFound, "not-found",
                    "There is no such instance. Names are like 'balancer catalog' and 'catalog-2'.")
            }
            let before = balancers.first { $0.service == service }?.endpoints.first { $0.instance.id.text == id }
            try fleet.hold(replica, lever.state.force)
            audit(
                "instance", "balancer \(service)", before?.forced?.rawValue ?? "auto", lever.state.rawValue, call,
                ["instance": id])
            guard let now = fleet.balancerSnapshots().first(where: { $0.service == service }) else {
                throw ServiceError.notFound("balancer")
            }
            return Answer(LeverAnswer("balancer \(service)", .balancer(now)))
        }
    }

    private func force(_ state: BreakerLever.State, _ call: Call) throws -> GuardSnapshot {
        let guardian = try guardian(call)
        let before = guardian.snapshot()
        guard let breaker = before.breaker else { throw Self.nothing("breaker to hold", before, "no-breaker") }
        guardian.force(state.force)
        audit(
            "breaker", before.target, breaker.forced?.rawValue ?? "auto", state.rawValue, call,
            ["policy": before.policy, "state": breaker.state.rawValue])
        return guardian.snapshot()
    }

    /// The guard of the call that an address names.
    private func guardian(_ call: Call) throws -> CallGuard {
        let key = PolicyEntry.key(call.parameter("target"))
        guard let target = fleet.policies.snapshots().first(where: { PolicyEntry.key($0.target) == key })?.target,
            let known = fleet.policies.known(target)
        else {
            throw ServiceError(
                .notFound, "not-found",
                "No call of that name was made yet, so there is nothing to hold. /ops/breakers lists those there are.")
        }
        return known
    }

    private func audit(
        _ what: String, _ target: String, _ from: String, _ to: String, _ call: Call, _ more: [String: String] = [:]
    ) {
        let facts = ["audit": "\(what)-forced", "target": target, "from": from, "to": to]
        telemetry.log(
            .warning, "an operator forced a part of a policy", call.context, facts.merging(more) { first, _ in first })
    }

    private static func nothing(
        _ what: String, _ shot: GuardSnapshot, _ slug: String = "nothing-to-hold"
    ) -> ServiceError {
        ServiceError(.conflict, slug, "The policy '\(shot.policy)' of \(shot.target) has no \(what).")
    }

    private static func text(_ pool: BulkheadSnapshot) -> String {
        pool.isForced ? "\(pool.policy.concurrencyMax) and \(pool.policy.queueMax)" : "auto"
    }

    private static func text(_ bounds: BulkheadForce) -> String { "\(bounds.concurrencyMax) and \(bounds.queueMax)" }
}
