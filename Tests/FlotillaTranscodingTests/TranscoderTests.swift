internal import FlotillaCore
internal import FlotillaHTTP
@testable internal import FlotillaTranscoding
internal import HTTPTypes
internal import SwiftProtobuf
internal import Testing

@Suite("REST to gRPC and back") struct TranscoderTests {
    private static let book: TestBook = {
        var book = TestBook()
        book.name = "shelves/1/books/2"
        book.title = "Moby-Dick"
        book.pages = 635
        return book
    }()

    private static let bookJSON = #"{"name":"shelves/1/books/2","title":"Moby-Dick","pages":"635"}"#

    @Test("a path is a field, an answer is JSON")
    func get() async throws {
        let caller = ScriptedCaller(Self.book)
        let response = try await Transcoder.library().respond(.get, "/v1/shelves/1/books/2", through: caller)
        #expect(response.status == .ok && response.headers[.contentType] == "application/json")
        #expect(try await response.text() == Self.bookJSON)
        let call = try #require(caller.last)
        #expect(call.path == "/flotilla.test.v1.Library/GetBook")
        #expect(try TestGetBookRequest(serializedBytes: call.message).name == "shelves/1/books/2")
    }

    @Test("a body is a field or the whole message, the rest comes from path and query")
    func bodies() async throws {
        let transcoder = try Transcoder.library()
        let caller = ScriptedCaller(Self.book)
        _ = try await transcoder.respond(
            .post, "/v1/shelves/9/books?is_draft=true", #"{"title":"T","pages":1}"#, through: caller)
        let create = try TestCreateBookRequest(serializedBytes: caller.lastMessage)
        #expect(create.shelf == "9" && create.isDraft && create.book.title == "T" && create.book.pages == 1)

        _ = try await transcoder.respond(
            .patch, "/v1/shelves/1/books/2", #"{"book":{"title":"T","name":"other"},"mask":"title"}"#, through: caller)
        let update = try TestUpdateBookRequest(serializedBytes: caller.lastMessage)
        #expect(update.book.name == "shelves/1/books/2" && update.book.title == "T" && update.mask.paths == ["title"])
    }

    @Test("a query is fields of any kind but maps and objects")
    func query() async throws {
        let transcoder = try Transcoder.library()
        let caller = ScriptedCaller(TestListBooksReply())
        let target = "/v1/shelves/s/books?pageSize=20&tags=a&tags=b%26c&like.title=x&newest_first=true&color=RED"
        #expect(try await transcoder.respond(.get, target, through: caller).text() == "{}")
        let list = try TestListBooksRequest(serializedBytes: caller.lastMessage)
        #expect(list.shelf == "s" && list.pageSize == 20 && list.tags == ["a", "b&c"] && list.like.title == "x")
        #expect(list.newestFirst && list.color == .red)

        let wrong = "/v1/shelves/s/books?pageSize=x&sheelf=1&shelf=2&newestFirst=1&like=a&color=GREEN&pageSize=1"
        let error = await #expect(throws: ServiceError.self) {
            try await transcoder.respond(.get, wrong, through: caller)
        }
        #expect(error?.kind == .invalid)
        #expect(
            error?.fields == [
                FieldError(field: "pageSize", message: "is given 2 times; give it once"),
                FieldError(field: "sheelf", message: "is not a known field"),
                FieldError(field: "shelf", message: "is given by the path or the body already"),
                FieldError(field: "newestFirst", message: "must be true or false"),
                FieldError(field: "like", message: "is an object, which only a body can have"),
            ])
    }

    @Test("a verb, another path, a piece of the answer, a method by its name, all below a prefix")
    func others() async throws {
        let transcoder = try Transcoder.library(prefix: "/grpc")
        let caller = ScriptedCaller(Self.book)
        #expect(try await transcoder.respond(.get, "/grpc/v1/books/x", through: caller).text() == "\"Moby-Dick\"")
        let nothing = ScriptedCaller(Google_Protobuf_Empty())
        _ = try await transcoder.respond(.post, "/grpc/v1/books/b:archive", through: nothing)
        #expect(nothing.last?.method == "ArchiveBook")
        let response = try await transcoder.respond(
            .post, "/grpc/flotilla.test.v1.Library/Echo", #"{"anInt64":"9","color":"BLUE"}"#,
            through: ScriptedCaller { [$0.message] })
        #expect(try await response.text() == #"{"anInt64":"9","color":"BLUE"}"#)
    }

    @Test("a route names a method, its placeholders are fields")
    func bound() async throws {
        let transcoder = try Transcoder.library()
        let binding = try transcoder.binding(
            "flotilla.test.v1.Library/CreateBook", body: "book", captures: ["shelf", "book.name"])
        let caller = ScriptedCaller(Self.book)
        let request = Request(.post, "/anything", headers: [.contentType: "application/json"], body: Array("{}".utf8))
        _ = try await transcoder.respond(
            to: request, by: binding, captures: ["shelf": "9", "book.name": "n"],
            .root(World.manual(), timeout: .seconds(1)), through: caller)
        let create = try TestCreateBookRequest(serializedBytes: caller.lastMessage)
        #expect(create.shelf == "9" && create.book.name == "n")
        for (name, body, captures) in [
            ("flotilla.test.v1.Library/No", nil, []), ("flotilla.test.v1.Library/GetBook", "book", []),
            ("flotilla.test.v1.Library/GetBook", nil, ["id"]),
        ] as [(String, String?, [String])] {
            #expect(throws: ProtoError.self) { try transcoder.binding(name, body: body, captures: captures) }
        }
    }

    @Test("what leads nowhere, cannot be read or does not fit is refused without a call")
    func refused() async throws {
        let transcoder = try Transcoder.library()
        let caller = ScriptedCaller(Self.book)
        let path = await #expect(throws: StatusError.self) {
            try await transcoder.respond(.get, "/v1/nothing", through: caller)
        }
        #expect(path?.status == .notFound)
        let method = await #expect(throws: StatusError.self) {
            try await transcoder.respond(.put, "/v1/shelves/1/books", through: caller)
        }
        #expect(method?.status == .methodNotAllowed && method?.headers[.allow] == "GET, POST")
        await #expect(throws: StatusError.self) {
            try await transcoder.respond(.get, "/flotilla.test.v1.Library/Echo", through: caller)
        }
        let json = await #expect(throws: JSONError.self) {
            try await transcoder.respond(.post, "/v1/shelves/1/books", "{", through: caller)
        }
        #expect(json?.kind == .malformed)
        let type = await #expect(throws: StatusError.self) {
            try await transcoder.respond(
                .post, "/v1/shelves/1/books", "a=b", headers: [.contentType: "application/x-www-form-urlencoded"],
                through: caller)
        }
        #expect(type?.status == .unsupportedMediaType)
        let field = await #expect(throws: ServiceError.self) {
            try await transcoder.respond(.post, "/v1/shelves/1/books", #"{"titel":"T"}"#, through: caller)
        }
        #expect(field?.fields.map(\.field) == ["book.titel"])
        #expect(caller.last == nil)
    }

    @Test("who asks and how long they wait go along, and what the client asks to be passed on")
    func metadata() async throws {
        var context = CallContext.root(World.manual(), timeout: .seconds(5))
        context.principal = Principal(id: "ada", role: .customer)
        context.token = Secret("t")
        var request = Request(.get, "/v1/books/a", remoteAddress: "10.0.0.1")
        for (name, value) in [
            ("Grpc-Metadata-Tenant", "blue"), ("Grpc-Metadata-X-User-ID", "eve"), ("Grpc-Metadata-grpc-timeout", "9S"),
            ("Authorization", "Bearer other"), ("Cookie", "a=b"), ("Accept-Language", "de"),
        ] { request.headers[try #require(HTTPField.Name(name))] = value }
        let caller = ScriptedCaller(Self.book)
        _ = try await Transcoder.library().respond(to: request, context, through: caller)
        let call = try #require(caller.last)
        let fields = call.metadata.map { "\($0.name)=\($0.value)" }
        #expect(
            fields.dropFirst(2) == [
                "authorization=Bearer t", "x-user-id=ada", "x-user-role=customer", "x-forwarded-for=10.0.0.1",
                "accept-language=de", "tenant=blue",
            ])
        #expect(fields[0].contains(context.trace.traceID))
    }

    @Test("a stream is lines of JSON, or events; a fault in it is its last")
    func streams() async throws {
        let transcoder = try Transcoder.library()
        let book = try Self.book.serializedBytes() as [UInt8]
        let caller = ScriptedCaller { _ in [book, book] }
        let lines = try await transcoder.respond(.get, "/v1/shelves/1/books:watch", through: caller)
        #expect(lines.headers[.contentType] == "application/x-ndjson")
        #expect(try await lines.text() == Self.bookJSON + "\n" + Self.bookJSON + "\n")
        let events = try await transcoder.respond(
            .get, "/v1/shelves/1/books:watch", headers: [.accept: "text/event-stream"], through: caller)
        #expect(try await events.text() == "data: \(Self.bookJSON)\n\ndata: \(Self.bookJSON)\n\n")
        let failing = ScriptedCaller { _ in throw GRPCStatus(.notFound, "There is no shelf 1.") }
        let failed = try await transcoder.respond(.get, "/v1/shelves/1/books:watch", through: failing).text()
        #expect(failed.hasPrefix(#"{"error":{"type":"/problems/grpc-not-found""#) && failed.hasSuffix("}}\n"))
    }

    @Test("an answer that is none, or more than one, is the service's fault")
    func badAnswers() async throws {
        let transcoder = try Transcoder.library()
        let unreadable = await #expect(throws: ServiceError.self) {
            try await transcoder.respond(.get, "/v1/books/a", through: ScriptedCaller { _ in [[0xFF]] })
        }
        #expect(unreadable?.slug == "unreadable-answer")
        for answers in [[], [[], []]] as [[[UInt8]]] {
            let error = await #expect(throws: ServiceError.self) {
                try await transcoder.respond(.get, "/v1/books/a", through: ScriptedCaller { _ in answers })
            }
            #expect(error?.kind == .internal)
        }
    }
}
