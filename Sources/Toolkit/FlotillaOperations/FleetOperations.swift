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

    private func answer(_ manifest: ServiceManifest) async -> ServiceAnswer {
        let instance = fleet.instance(of: manifest.name)
        return ServiceAnswer(
            manifest: manifest, condition: fleet.condition(of: manifest.name) ?? "unknown",
            health: await instance?.health.ready().status.rawValue ?? HealthStatus.outOfService.rawValue,
            startedAt: instance?.startedAt)
    }
}

/// One service as operators see it.
struct ServiceAnswer: ResponseBody {
    var manifest: ServiceManifest
    var condition: String
    var health: String
    var startedAt: Timestamp?

    static var example: ServiceAnswer {
        ServiceAnswer(
            manifest: ServiceManifest(
                name: "orders", purpose: "Accepts orders", publishes: ["shop.orders.order-created.v1"],
                consumes: ["shop.payments.payment-processed.v1"], calls: ["catalog"]),
            condition: "running", health: "healthy", startedAt: Timestamp(seconds: 1_767_225_600))
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
                guard let startedAt else { return }
                json.object { json in
                    json.field("id", "\(manifest.name)-1")
                    json.field("state", condition)
                    json.field("startedAt", startedAt)
                }
            }
        }
    }
}
