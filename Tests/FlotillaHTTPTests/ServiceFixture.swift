internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import HTTPTypes

/// Takes tokens of the form `role:id`.
struct PlainTokens: Authenticator {
    func principal(for token: Secret) async throws -> Principal {
        let parts = token.exposed.split(separator: ":")
        guard parts.count == 2 else { throw ServiceError(.unauthenticated, "invalid-token", "The token is not valid.") }
        return Principal(id: String(parts[1]), role: .init(rawValue: String(parts[0])))
    }
}

struct Note: ResponseBody {
    var text: String
    var count: Int
    static let example = Note(text: "hello", count: 1)
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            json.field("count", count)
        }
    }
}

struct NoteBody: RequestInput {
    let text: String
    init(from fields: inout FieldReader) { text = fields.string("text", length: 1...100) }
}

struct NoteQuery: RequestInput {
    let limit: Int
    init(from fields: inout FieldReader) { limit = fields.optionalInt("limit", in: 1...10) ?? 5 }
}

struct UnknownFailure: Error, CustomStringConvertible { var description: String { "the disk is on fire" } }

/// A service with one route of each sort.
struct ServiceFixture {
    let time = ManualTime()
    let world: World
    let log = MemoryLogSink()
    let telemetry: Telemetry
    let responder: ServiceResponder

    init(health: HealthMonitor? = nil) {
        world = World.manual(time)
        telemetry = Telemetry(service: "notes", world: world, sink: log, level: .debug)
        responder = ServiceResponder(
            service: "notes", routes: Self.routes(world), verifier: PlainTokens(), telemetry: telemetry,
            world: world, health: health)
    }

    static func routes(_ world: World) -> Routes {
        var routes = Routes(prefix: "/api/v1")
        routes.add(
            .post, "/notes", access: .signedIn, summary: "Write a note", input: NoteBody.self, answers: Note.self,
            status: .created, problems: [KnownProblem(.conflict, "note-taken", "Choose another text.")], takesForm: true
        ) { call, body in
            if body.text == "taken" { throw ServiceError(.conflict, "note-taken", "The text is taken.") }
            return Answer(Note(text: body.text, count: 1), headers: [.location: "/api/v1/notes/1"])
        }
        routes.add(
            .get, "/notes", access: .anyone, summary: "All notes", query: NoteQuery.self, answers: Page<Note>.self
        ) { _, query in Answer(Page(items: [Note(text: "a", count: query.limit)], nextCursor: nil)) }
        routes.add(.get, "/notes/{id}", access: .anyone, summary: "One note", answers: Note.self) { call in
            let id = try call.id("id", as: LineID.self)
            return Answer(Note(text: id.text, count: 1), entityTag: .content)
        }
        routes.add(
            .delete, "/notes/{id}", access: .roles([.admin]), summary: "Remove a note", answers: NoContent.self
        ) { _ in .done }
        routes.add(.get, "/broken", access: .anyone, summary: "Fails", answers: Note.self) { _ in
            throw UnknownFailure()
        }
        routes.add(.get, "/slow", access: .anyone, summary: "Takes for ever", answers: Note.self) { call in
            try await world.time.sleep(for: .seconds(1_000_000))
            return Answer(Note.example)
        }
        routes.addRaw(.get, "/whoami", access: .anyone, summary: "The caller", produces: "text/plain") { call in
            .text([
                call.principal?.id ?? "nobody", call.context.token == nil ? "no token" : "token",
                String(call.context.deadline.remaining(on: world.time).milliseconds), call.context.correlationID,
            ].joined(separator: " "))
        }
        routes.addRaw(.get, "/stream", access: .anyone, summary: "Events", produces: "text/event-stream") { _ in
            .events { events in
                try await events.send("state", id: "1", data: "a\nb")
                try await events.heartbeat()
                try await events.send(data: "done")
            }
        }
        return routes
    }

    func get(_ target: String, headers: HTTPFields = [:]) async -> Response {
        await responder.respond(to: Request(.get, target: target, headers: headers))
    }

    func post(
        _ target: String, _ body: String, headers: HTTPFields = [.authorization: "Bearer customer:ada"]
    ) async -> Response {
        await responder.respond(to: Request(.post, target: target, headers: headers, body: Array(body.utf8)))
    }
}

extension Response {
    /// The body as JSON.
    func json() throws -> JSONValue { try JSONValue(parsing: bytes ?? []) }

    /// The body as text.
    var text: String { String(decoding: bytes ?? [], as: UTF8.self) }

    /// The slug of a problem.
    func slug() throws -> String? { try json()["type"]?.string?.split(separator: "/").last.map(String.init) }
}
