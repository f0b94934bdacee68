@testable internal import FlotillaTranscoding
internal import Testing

@Suite(".proto files") struct SchemaTests {
    @Test("read as protoc reads them")
    func likeProtoc() throws {
        let ours = try SchemaFixture.everything().dump
        let theirs = try ProtoSchema(descriptorSet: SchemaFixture.descriptors()).dump
        for (mine, yours) in zip(ours, theirs) { #expect(mine == yours) }
        #expect(ours.count == theirs.count && ours.count > 80)
    }

    @Test("methods have the paths that their options say")
    func rules() throws {
        let schema = try SchemaFixture.everything()
        let get = try #require(schema.method(named: "flotilla.test.v1.Library/GetBook"))
        #expect(
            get.rules == [
                HTTPRule(method: "GET", path: "/v1/{name=shelves/*/books/*}"),
                HTTPRule(method: "GET", path: "/v1/books/{name}", responseBody: "title"),
            ])
        let archive = try #require(schema.method(named: "flotilla.test.v1.Library/ArchiveBook"))
        #expect(archive.rules == [HTTPRule(method: "POST", path: "/v1/books/{name}:archive")])
        #expect(schema.method(named: "flotilla.test.v1.Library/WatchBooks")?.isServerStream == true)
        #expect(schema.serviceNames == ["flotilla.test.v1.Library"])
        #expect(schema.methodNames.last == "flotilla.test.v1.Library/Echo")
    }

    @Test("all files of the Shop are read")
    func shop() throws {
        let schema = try SchemaFixture.shop()
        #expect(schema.methodNames.contains("shop.catalog.v1.CatalogService/GetProducts"))
        #expect(schema.message(named: "shop.values.v1.MoneyValue")?.place(named: "amount") != nil)
    }

    @Test("a name is looked for from the inside out")
    func scopes() throws {
        let schema = try SchemaFixture.schema(
            """
            syntax = "proto3"; package a.b;
            message T { int32 outer = 1; }
            message M { message T { int32 inner = 1; } T one = 1; .a.b.T two = 2; b.T three = 3; M.T four = 4; }
            """)
        let type = try #require(schema.message(named: "a.b.M"))
        let names = type.fields.map { field -> String in
            if case .message(let index) = field.kind { schema.messages[index].fullName } else { "" }
        }
        #expect(names == ["a.b.M.T", "a.b.T", "a.b.T", "a.b.M.T"])
    }

    @Test(
        "what is wrong is told with its place",
        arguments: [
            ("", "a.proto:1:1: the file must begin with syntax"),
            ("syntax = \"proto2\";", "a.proto:1:10: only proto3"),
            ("syntax = \"proto3\";\nimport \"b.proto\";", "a.proto:2:8: the file b.proto cannot be found"),
            ("syntax = \"proto3\";\nmessage M {\n  Nobody x = 1;\n}", "a.proto:3:3: there is no type Nobody here"),
            ("syntax = \"proto3\"; message M { int32 x = 0; }", "a.proto:1:42: 0 is no number of a field"),
            ("syntax = \"proto3\"; message M { int32 x = 19500; }", "is no number of a field"),
            ("syntax = \"proto3\"; message M { int32 x = 1; int32 y = 1; }", "the number 1 is given twice"),
            ("syntax = \"proto3\"; message M { int32 a_b = 1; int32 aB = 2; }", "there are two fields aB"),
            ("syntax = \"proto3\"; message M { required int32 x = 1; }", "required is not part of proto3"),
            ("syntax = \"proto3\"; message M {} message M {}", "there are two types M"),
            ("syntax = \"proto3\"; enum E { A = 1; }", "the first value of E must be 0"),
            ("syntax = \"proto3\"; message M { map<double, int32> m = 1; }", "the key of a map is"),
            ("syntax = \"proto3\"; message M { int32 x = 1 }", "; is expected"),
            ("syntax = \"proto3\"; message M { /* ", "the comment has no end"),
            ("syntax = \"proto3\"; option x = \"abc", "the text has no end"),
            ("syntax = \"proto3\"; service S { rpc A(M) returns (M); }", "there is no type M here"),
            (
                "syntax = \"proto3\"; message M {} "
                    + "service S { rpc A(M) returns (M) { option (google.api.http) = { body: \"*\" }; } }",
                "this is no google.api.http"
            ),
            ("syntax = \"proto3\"; ü", "there is a character that has no meaning here"),
        ])
    func wrong(text: String, message: String) {
        let error = #expect(throws: ProtoError.self) { try SchemaFixture.schema(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("messages and options are not nested without end")
    func depth() {
        let messages = String(repeating: "message M { ", count: 1_000)
        #expect(throws: ProtoError.self) { try SchemaFixture.schema("syntax = \"proto3\"; \(messages)") }
        let options = String(repeating: "{ a: ", count: 1_000)
        #expect(throws: ProtoError.self) { try SchemaFixture.schema("syntax = \"proto3\"; option a = \(options)") }
    }
}
