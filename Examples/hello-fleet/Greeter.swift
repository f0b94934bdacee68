internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import HTTPTypes
internal import FlotillaStorage

/// What Greeter tells the fleet. Its bytes are the name itself.
struct Greeted: MessagePayload {
    static let messageType = "hello.greeter.greeted.v1"
    var name: String

    init(name: String) { self.name = name }
    init(messageBytes: [UInt8]) { name = String(decoding: messageBytes, as: UTF8.self) }
    func messageBytes() -> [UInt8] { Array(name.utf8) }
}

/// Takes greetings. The row and the message about it are one transaction.
struct Greeter: ServiceBlueprint {
    let manifest = ServiceManifest(
        name: "greeter", purpose: "Takes greetings", publishes: [Greeted.messageType])

    let migrations = [
        MigrationSet(
            "greetings", steps: [.init("create", "CREATE TABLE greetings (id {identity}, name TEXT NOT NULL)")])
    ]

    func assemble(_ needs: ServiceNeeds) async throws -> ServiceParts {
        var routes = Routes()
        routes.add(
            .post, "/greetings", access: .anyone, summary: "Greet somebody", input: GreetingBody.self,
            answers: Greeting.self, status: .created
        ) { call, body in
            try await needs.database.write { transaction in
                try transaction.execute("INSERT INTO greetings (name) VALUES (?1)", body.name)
                let message = try Outgoing(Greeted(name: body.name), subject: body.name)
                try needs.outbox.append([message], cause: Cause(call.context), in: transaction)
            }
            return Answer(Greeting(text: "Hello, \(body.name)!"))
        }
        return ServiceParts(routes: routes)
    }
}

struct GreetingBody: RequestInput {
    let name: String
    init(from fields: inout FieldReader) { name = fields.string("name", length: 1...50) }
}

struct Greeting: ResponseBody {
    var text: String
    static let example = Greeting(text: "Hello, Ada!")
    func write(to json: inout JSONWriter) { json.object { $0.field("text", text) } }
}
