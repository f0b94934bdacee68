internal import FlotillaConfiguration
internal import FlotillaCore
internal import Testing

@testable internal import FlotillaGateway

@Suite("Answers of the gateway itself") struct DirectAnswerTests {
    private func answer(_ text: String) -> (value: DirectAnswer??, problems: String) {
        readTraffic("respond: \(text)") { DirectAnswer.read(from: &$0) }
    }

    @Test(
        "an answer is as it was written",
        arguments: [
            ("{}", 200, [], ""), ("{ status: 204, headers: { X-A: b } }", 204, ["X-A: b"], ""),
            ("{ body: pong }", 200, ["Content-Type: text/plain; charset=utf-8"], "pong"),
            (
                "{ status: 503, body: '{}', contentType: application/json, headers: { A: b, A2: c } }", 503,
                ["Content-Type: application/json", "A: b", "A2: c"], "{}"
            ),
        ])
    func answers(text: String, status: Int, lines: [String], body: String) throws {
        let (found, problems) = answer(text)
        #expect(problems.isEmpty, "\(problems)")
        let answer = try #require(found ?? nil)
        #expect(answer.status == status && texts(answer.lines) == lines && answer.body == Array(body.utf8))
    }

    @Test(
        "what is wrong with an answer is told",
        arguments: [
            ("{ status: 100 }", "is out of range"), ("{ status: 204, body: x }", "has no body"),
            ("{ body: x, file: y }", "one of the two"), ("{ file: /nowhere/x.html }", "cannot be opened"),
            ("{ headers: { Content-Length: '3' } }", "belongs to the connection"),
            ("{ headers: { A: \"b\\nC: d\" } }", "no field may have"), ("{ contentType: html }", "is no type"),
            ("{ contentType: \"text/html\\r\\nX: y\" }", "is no type"),
        ])
    func wrong(text: String, problem: String) {
        let problems = answer(text).problems
        #expect(problems.contains(problem), "\(problems)")
    }

    @Test(
        "a file is looked for beside the one that names it",
        arguments: [
            ("a.html", "/etc/edge.yaml", "/etc/a.html"), ("a.html", "edge.yaml", "a.html"),
            ("/x/a.html", "/etc/edge.yaml", "/x/a.html"), ("p/a.html", "c/edge.yaml", "c/p/a.html"),
        ])
    func files(name: String, file: String, path: String) {
        #expect(LocalFile.path(name, beside: .place(path: file, line: 3, column: 1)) == path)
    }

    private func redirect(_ text: String) -> (value: Redirect??, problems: String) {
        readTraffic("redirect: \(text)") { Redirect.read(from: &$0, captures: ["id", "rest"]) }
    }

    @Test(
        "a redirect leads where it says, with what was captured, and nowhere else",
        arguments: [
            ("{ to: 'https://new.example/u/{id}' }", "7", "", "https://new.example/u/7"),
            ("{ to: 'https://new.example/u/{id}' }", "7", "a=1", "https://new.example/u/7?a=1"),
            ("{ to: 'https://new.example/u/{id}', keepQuery: false }", "7", "a=1", "https://new.example/u/7"),
            ("{ to: 'https://new.example:8443' }", "7", "", "https://new.example:8443/"),
            ("{ to: '/{id}' }", "a/b", "", "/a/b"), ("{ to: '/{id}' }", "/evil.example", "", "/evil.example"),
            ("{ to: '/{id}' }", "//evil.example", "", "/evil.example"), ("{ to: '/{id}' }", "\\evil.example", "", nil),
            ("{ to: '/x/{id}' }", "..", "", nil), ("{ to: '/x/{id}' }", "a\r\nSet-Cookie: b", "", nil),
        ] as [(String, String, String, String?)])
    func redirects(text: String, capture: String, query: String, location: String?) throws {
        let (found, problems) = redirect(text)
        #expect(problems.isEmpty, "\(problems)")
        let redirect = try #require(found ?? nil)
        #expect(redirect.location(captures: ["id": capture], query: query) == location)
        let answer = redirect.answer(captures: ["id": capture], query: query)
        #expect(answer.map { texts($0.lines) } == location.map { ["Location: \($0)"] })
        #expect(answer == nil || answer?.status == 308)
    }

    @Test(
        "what is wrong with a redirect is told",
        arguments: [
            ("{}", "has no to"), ("{ to: //evil.example }", "is no place"),
            ("{ to: 'https://{id}.example/' }", "is no place"),
            ("{ to: 'https://*.example/' }", "is no place"), ("{ to: 'ftp://a.example/' }", "is no place"),
            ("{ to: 'https://a.example/{other}' }", "match.path does not have"), ("{ to: /a, status: 304 }", "is none"),
            ("{ to: /a, status: 305 }", "is none"),
        ])
    func wrongRedirect(text: String, problem: String) {
        let problems = redirect(text).problems
        #expect(problems.contains(problem), "\(problems)")
    }

    @Test("what is closed says until when, ends of itself, and lets some in")
    func maintenance() throws {
        let text = "maintenance: { until: 2026-12-01T06:00:00Z, allow: [10.0.0.0/8] }"
        let (found, problems) = readTraffic(text) { Maintenance.read(from: &$0) }
        #expect(problems.isEmpty)
        let maintenance = try #require(found ?? nil)
        let until = try #require(Timestamp("2026-12-01T06:00:00Z"))
        let error = try #require(maintenance.refusal(IPAddress("192.0.2.1"), now: until - .seconds(90)))
        #expect(error.kind == .unavailable && error.slug == "maintenance" && error.retryAfter == .seconds(90))
        #expect(error.detail.contains("Tue, 01 Dec 2026 06:00:00 GMT"))
        #expect(maintenance.refusal(nil, now: until - .seconds(90)) != nil)
        #expect(maintenance.refusal(IPAddress("10.1.1.1"), now: until - .seconds(90)) == nil)
        #expect(maintenance.refusal(IPAddress("192.0.2.1"), now: until) == nil)
        let open = try #require(readTraffic("maintenance: {}") { Maintenance.read(from: &$0) }.value ?? nil)
        #expect(open.refusal(nil, now: until)?.retryAfter == .seconds(300))
        #expect(
            readTraffic("maintenance: { until: soon }") { Maintenance.read(from: &$0) }.problems.contains("no date"))
    }
}
