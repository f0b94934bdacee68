internal import Testing

@testable internal import FlotillaGateway

@Suite("Edits of heads") struct HeadEditsTests {
    private func read(
        _ text: String, captures: [String] = ["id"]
    ) -> (value: (heads: HeadEdits, bodies: BodyEdits)?, problems: String) {
        readTraffic(text) { HeadEdits.read(from: &$0, captures: captures) }
    }

    private func edits(_ text: String, captures: [String] = ["id"]) throws -> HeadEdits {
        let (value, problems) = read(text, captures: captures)
        #expect(problems.isEmpty, "\(problems)")
        return try #require(value).heads
    }

    private func target(
        _ text: String, _ path: String, query: String = "", captures: [String: String] = [:]
    ) throws -> String? {
        let edits = try edits(text, captures: captures.keys.sorted())
        let head = TrafficHead(path: path, query: query)
        return edits.target(EditValues(captures: captures), head).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "a path is made of what was captured",
        arguments: [
            ("rewrite: /users/{id}", "123", "/users/123"), ("rewrite: /u", "123", "/u"),
            ("rewrite: '/u/{id}/x-{id}'", "a%20b", "/u/a%20b/x-a%20b"), ("rewrite: '/{id...}'", "a/b", "/a/b"),
            ("rewrite: /u/{id}", "..", nil), ("rewrite: /u/{id}", "a/../b", nil), ("rewrite: /u/{id}", "%2e%2E", nil),
            ("rewrite: /u/{id}", ".%2e", nil), ("rewrite: /u/{id}", "a?b", nil), ("rewrite: /u/{id}", "a#b", nil),
            ("rewrite: /u/{id}", "a b", nil), ("rewrite: /u/{id}", "a\r\nX: 1", nil), ("rewrite: /u/{id}", "a\\b", nil),
            ("rewrite: /u/{id}", "...", "/u/..."), ("rewrite: /u/{id}", "..a", "/u/..a"),
        ] as [(String, String, String?)])
    func rewrites(text: String, capture: String, path: String?) throws {
        #expect(try target(text, "/api/v1/users/x", captures: ["id": capture]) == path)
    }

    @Test(
        "a prefix is taken away where a segment ends",
        arguments: [
            ("/api/v1/users/7", "/users/7"), ("/api/v1", "/"), ("/api/v1/", "/"), ("/api/v10/users", "/api/v10/users"),
            ("/other", "/other"), ("/", "/"),
        ])
    func strips(path: String, new: String) throws {
        #expect(try target("stripPrefix: /api/v1", path) == new)
    }

    @Test(
        "parameters are renamed, removed and set; the others stay to the byte",
        arguments: [
            ("{}", "a=1&b=%7e&c", "a=1&b=%7e&c"), ("remove: [b]", "a=1&b=%7e&c", "a=1&c"),
            ("remove: [b]", "a=1&%62=2&b", "a=1"), ("set: {b: 'x y&z'}", "a=1&b=2&b=3", "a=1&b=x%20y%26z"),
            ("set: {b: '${path.id}'}", "", "b=7"), ("rename: {a: z}", "a=1&ab=2&a", "z=1&ab=2&z"),
            ("{rename: {a: b}, remove: [b]}", "a=1&c=2", "c=2"), ("remove: [a]", "a=1", ""),
            ("remove: [a]", "%zz=1&a=2", "%zz=1"), ("remove: ['a b']", "a+b=1&a%20b=2&ab=3", "ab=3"),
            ("set: {a: \"1\\r\\n\"}", "", "a=1%0D%0A"),
        ])
    func queries(text: String, query: String, new: String) throws {
        let found = try target(
            "request: { query: \(text.hasPrefix("{") ? text : "{ \(text) }") }", "/p", query: query,
            captures: ["id": "7"])
        #expect(found == "/p" + (new.isEmpty ? "" : "?" + new))
    }

    @Test("fields are taken away and put in; what a request brings cannot end a line")
    func fields() throws {
        let edits = try edits(
            """
            request:
              headers:
                set: { X-Caller: "${caller.id}", X-Fixed: a b }
                add: { X-Path: "id=${path.id}", X-From: "${header.x-evil}", X-Money: "$${x}", X-Trace: "${request.id}" }
                remove: [Cookie, X-Fixed]
            answer: { headers: { remove: [Server] } }
            """)
        #expect(edits.request.without == ["cookie", "x-caller", "x-fixed"])
        #expect(edits.answer.without == ["server"] && edits.answer.constant.isEmpty)
        #expect(texts(edits.request.constant) == ["X-Fixed: a b", "X-Money: ${x}"])
        var lines = FieldLines()
        let values = EditValues(callerID: "ann", requestID: "r1", captures: ["id": "7%0d%0aX-Evil:%201"])
        let head = TrafficHead(fields: [("x-evil", "1\r\nSet-Cookie: a=b")])
        edits.request.addVarying(to: &lines, values, head)
        #expect(
            texts(lines) == [
                "X-Caller: ann", "X-Path: id=7  X-Evil: 1", "X-From: 1  Set-Cookie: a=b", "X-Trace: r1",
            ])
        #expect(lines.bytes.filter { $0 == 10 }.count == 4)
        var none = FieldLines()
        edits.request.addVarying(to: &none, EditValues(), TrafficHead())
        #expect(texts(none) == ["X-Path: id="])
    }

    @Test(
        "what belongs to the connection, and what is no text of a field, is a problem",
        arguments: [
            ("request: { headers: { set: { Content-Length: '1' } } }", "belongs to the connection"),
            ("request: { headers: { add: { transfer-encoding: chunked } } }", "belongs to the connection"),
            ("request: { headers: { set: { HOST: a } } }", "belongs to the connection"),
            ("answer: { headers: { remove: [Connection] } }", "belongs to the connection"),
            ("answer: { headers: { set: { 'a b': c } } }", "is not the name of a field"),
            ("answer: { headers: { set: { \"a\\r\\nb\": c } } }", "is not the name of a field"),
            ("answer: { headers: { set: { a: \"b\\r\\nc: d\" } } }", "has a value that no field may have"),
            ("answer: { headers: { set: { a: \"b\\0\" } } }", "has a value that no field may have"),
            ("answer: { headers: { set: { a: ' b' } } }", "has a value that no field may have"),
            ("request: { headers: { set: { a: '${path.other}' } } }", "which the path of the route does not have"),
            ("request: { headers: { set: { a: '${nothing}' } } }", "has a place in a that is none"),
            ("request: { headers: { set: { a: '${caller.id' } } }", "has a place in a that is none"),
            ("rewrite: /u/{other}", "match.path does not have"), ("rewrite: u", "is no such path"),
            ("rewrite: '/u?x=1'", "is no such path"), ("rewrite: '/u/{id'", "is no such path"),
            ("rewrite: \"/u\\r\\n\"", "is no such path"), ("stripPrefix: /u/", "is no such path"),
            ("{rewrite: /u, stripPrefix: /a}", "one of the two"),
        ])
    func wrong(text: String, problem: String) {
        let problems = read(text).problems
        #expect(problems.contains(problem), "\(problems)")
    }

    @Test("a template without places is a text, and every piece is found again")
    func templates() throws {
        let template = try #require(TextTemplate("a${caller.id}b$${c}${header.X-Y}"))
        #expect(
            template.pieces == [.literal("a"), .callerID, .literal("b${c}"), .field("x-y")])
        #expect(TextTemplate("a$b")?.constant == "a$b" && TextTemplate("")?.constant == "")
        #expect(TextTemplate("${header.a b}") == nil && TextTemplate("${path.}") == nil)
    }
}
