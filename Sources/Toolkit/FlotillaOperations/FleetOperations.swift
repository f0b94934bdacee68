internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaRuntime
internal import HTTPTypes

/// `/ops/services`: the services, their health, and the drills that take them away and bring them back.
struct FleetOperations: Sendable {
    let fleet: Fleet

    func add(to routes: inout Routes) {
        routes.add(
            .get, "/ops/services", access: .anyone, summary: "The services of the fleet",
            answers: Page<ServiceAnswer>.self
        ) { _ in
            var items: [ServiceAnswer] = []
            for manifest in fleet.map.manifests { items.append(await answer(manifest)) }
            return Answer(Page(items: items, nextCursor: nil))
        }
        routes.add(
            .post, "/ops/services/{name}/stop", access: .anyone, summary: "Take a service away", answers: NoContent.self
        ) { call in
            try await fleet.stop(call.parameter("name"))
            return .done
        }
        routes.add(
            .post, "/ops/services/{name}/start", access: .anyone, summary: "Bring a service back",
            answers: NoContent.self
        ) { call in
            try await fleet.start(call.parameter("name"))
            return .done
        }
        addReplicas(to: &routes)
        for document in ["health", "metrics", "openapi.json"] {
            routes.addRaw(
                .get, "/ops/services/{name}/\(document)", access: .anyone, summary: "A service's /\(document)",
                produces: document == "metrics" ? "text/plain" : "application/json"
            ) { call in
                let name = call.parameter("name")
                guard fleet.condition(of: name) != nil else { throw ServiceError.notFound("service") }
                guard let responder = fleet.responder(for: name) else { throw ServiceError.unavailable(name) }
                return await responder.respond(to: Request(.get, "/\(document)"))
            }
        }
    }

    private func addReplicas(to routes: inout Routes) {
        let drills: [(name: String, summary: String, act: @Sendable (Replica) async throws -> Void)] = [
            ("stop", "Take one replica away; it gives its work to the others", { try await fleet.stop($0) }),
            ("kill", "End one replica as if it had crashed; its work waits until its leases run out", {
                try await fleet.kill($0)
            }),
            ("start", "Bring one replica back", { try await fleet.start($0) }),
        ]
        for drill in drills {
            routes.add(
                .post, "/ops/services/{name}/replicas/{number}/\(drill.name)", access: .anyone, summary: drill.summary,
                answers: NoContent.self
            ) { call in
                let name = call.parameter("name")
                guard let number = Int(call.parameter("number")), number > 0,
                    fleet.condition(of: Replica(name, number)) != nil
                else { throw ServiceError.notFound("replica") }
                try await drill.act(Replica(name, number))
                return .done
            }
        }
    }

    private func answer(_ manifest: ServiceManifest) async -> ServiceAnswer {
        let instance = fleet.instance(of: manifest.name)
        return ServiceAnswer(
            manifest: manifest, condition: fleet.condition(of: manifest.name) ?? "unknown",
            health: await instance?.health.ready().status.rawValue ?? HealthStatus.outOfService.rawValue,
            replicas: fleet.replicas(of: manifest.name).map { replica in
                let instance = fleet.instance(of: replica)
                return ReplicaAnswer(
                    id: replica.description, condition: fleet.condition(of: replica) ?? "unknown",
                    startedAt: instance?.startedAt, pieces: instance?.pieces)
            })
    }
}

/// One copy of a service as operators see it.
struct ReplicaAnswer: Sendable {
    var id: String
    var condition: String
    var startedAt: Timestamp?
    /// What it does under leases; nil where it is the only one, and does everything.
    var pieces: [String]?
}

/// One service as operators see it.
struct ServiceAnswer: ResponseBody {
    var manifest: ServiceManifest
    var condition: String
    var health: String
    var replicas: [ReplicaAnswer]

    static var example: ServiceAnswer {
        ServiceAnswer(
            manifest: ServiceManifest(
                name: "orders", purpose: "Accepts orders", publishes: ["shop.orders.order-created.v1"],
                consumes: ["shop.payments.payment-processed.v1"], calls: ["catalog"]),
            condition: "running", health: "healthy",
            replicas: [
                ReplicaAnswer(
                    id: "orders-1", condition: "running", startedAt: Timestamp(seconds: 1_767_225_600),
                    pieces: ["consumer", "outbox"])
            ])
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("name", manifest.name)
            json.field("purpose", manifest.purpose)
            json.field("version", manifest.version)
            json.field("state", condition)
            json.field("health", health)
            json.field("publishes", manifest.publishes)
            json.field("consumes", manifest.consumes)
            json.field("calls", manifest.calls)
            json.array("instances") { json in
                for replica in replicas where replica.condition != "stopped" {
                    json.object { json in
                        json.field("id", replica.id)
                        json.field("state", replica.condition)
                        if let startedAt = replica.startedAt { json.field("startedAt", startedAt) }
                        if let pieces = replica.pieces { json.field("work", pieces) }
                    }
                }
            }
        }
    }
}
