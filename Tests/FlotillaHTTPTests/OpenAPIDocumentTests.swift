internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

@Suite("OpenAPI document") struct OpenAPIDocumentTests {
    private func document() async throws -> JSONValue {
        try await ServiceFixture().get("/openapi.json").json()
    }

    @Test("it describes what the routes do")
    func content() async throws {
        let document = try await document()
        #expect(document["openapi"] == "3.1.0")
        let post = try #require(document["paths"]?["/api/v1/notes"]?["post"])
        #expect(post["operationId"] == "postApiV1Notes")
        #expect(post["security"] == [["bearer": []]])
        #expect(post["responses"]?["201"]?["content"]?["application/json"]?["example"] == ["text": "hello", "count": 1])
        #expect(post["responses"]?["409"]?["description"] == "`note-taken`: Choose another text.")
        for code in ["400", "401", "413", "415", "422", "429", "503"] { #expect(post["responses"]?[code] != nil) }
        let schema = try #require(document["components"]?["schemas"]?["notes.NoteBody"])
        #expect(schema["required"] == ["text"])
        #expect(schema["additionalProperties"] == false)
        let get = try #require(document["paths"]?["/api/v1/notes"]?["get"])
        #expect(get["parameters"]?[0]?["name"] == "limit")
        #expect(get["parameters"]?[0]?["schema"] == ["type": "integer", "minimum": 1, "maximum": 10])
        #expect(get["security"] == [])
        #expect(document["paths"]?["/api/v1/notes/{id}"]?["delete"]?["x-roles"] == ["admin"])
        #expect(document["paths"]?["/api/v1/notes/{id}"]?["delete"]?["responses"]?["204"] != nil)
        #expect(document["components"]?["schemas"]?["notes.Page.Note"]?["properties"]?["items"]?["type"] == "array")
    }

    @Test("every reference leads somewhere, and operation IDs are unique")
    func references() async throws {
        let document = try await document()
        var references: [String] = []
        var operations: [String] = []
        func walk(_ value: JSONValue) {
            switch value {
            case .array(let elements): elements.forEach(walk)
            case .object(let object):
                for member in object.members {
                    if member.name == "$ref", let text = member.value.string { references.append(text) }
                    if member.name == "operationId", let text = member.value.string { operations.append(text) }
                    walk(member.value)
                }
            default: break
            }
        }
        walk(document)
        #expect(!references.isEmpty)
        for reference in references {
            let name = try #require(reference.split(separator: "/").last)
            #expect(document["components"]?["schemas"]?[String(name)] != nil, "\(reference)")
        }
        #expect(Set(operations).count == operations.count)
    }

    @Test("the example of an input is an input")
    func examples() throws {
        let world = World.manual()
        let document = OpenAPIDocument(service: "notes", version: "1", routes: ServiceFixture.routes(world)).json
        let media = document["paths"]?["/api/v1/notes"]?["post"]?["requestBody"]?["content"]?["application/json"]
        let example = try #require(media?["example"])
        #expect(throws: Never.self) { try NoteBody.read(example) }
    }

    @Test("documents of several services become one")
    func merged() throws {
        let world = World.manual()
        let notes = OpenAPIDocument(service: "notes", version: "1", routes: ServiceFixture.routes(world)).json
        var routes = Routes()
        routes.add(.put, "/api/v1/notes", access: .anyone, summary: "Other", answers: Note.self) { _ in
            Answer(Note.example)
        }
        routes.add(.get, "/a", access: .anyone, summary: "A", answers: Note.self) { _ in Answer(Note.example) }
        let other = OpenAPIDocument(service: "other", version: "1", routes: routes).json
        let merged = OpenAPIDocument.merged(title: "All", version: "2", [notes, other]).json
        #expect(merged["paths"]?["/api/v1/notes"]?["put"] != nil)
        #expect(merged["paths"]?["/api/v1/notes"]?["post"] != nil)
        #expect(merged["paths"]?.object?.names.first == "/a")
        #expect(merged["components"]?["schemas"]?["other.Note"] != nil)
        #expect(merged["components"]?["schemas"]?["notes.Note"] != nil)
    }
}
