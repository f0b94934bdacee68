internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import HTTPTypes
internal import FlotillaStorage

/// Counts greetings by name: each once, however often it is delivered.
struct Counter: ServiceBlueprint {
    let manifest = ServiceManifest(name: "counter", purpose: "Counts greetings", consumes: [Greeted.messageType])

    let migrations = [
        MigrationSet(
            "counts",
            steps: [.init("create", "CREATE TABLE counts (name TEXT PRIMARY KEY NOT NULL, count INTEGER NOT NULL)")])
    ]

    func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        var routes = Routes()
        routes.add(
            .get, "/counts/{name}", access: .anyone, summary: "How often somebody was greeted", answers: Count.self
        ) { call in
            let name = call.parameter("name")
            let count = try await needs.database.read {
                try $0.first("SELECT count FROM counts WHERE name = ?1", name) { $0.int(0) }
            }
            return Answer(Count(name: name, count: count ?? 0))
        }
        let count = MessageHandler(Greeted.self) { transaction, greeted, _ in
            try transaction.execute(
                """
                INSERT INTO counts (name, count) VALUES (?1, 1) ON CONFLICT (name) DO UPDATE SET count = count + 1
                """, greeted.name)
            return []
        }
        return ServiceParts(routes: routes, handlers: [count])
    }
}

struct Count: ResponseBody {
    var name: String
    var count: Int
    static let example = Count(name: "Ada", count: 3)

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("name", name)
            json.field("count", count)
        }
    }
}
