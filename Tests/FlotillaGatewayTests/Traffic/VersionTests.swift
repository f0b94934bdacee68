internal import FlotillaCore
internal import Testing

@testable internal import FlotillaGateway

@Suite("Versions of an API") struct VersionTests {
    private func source(_ text: String) throws -> VersionSource {
        let (value, problems) = readTraffic("versions: \(text)") { VersionSource(from: &$0) }
        #expect(problems.isEmpty, "\(problems)")
        return try #require(value)
    }

    private static let all = "{ path: /api, header: X-API-Version, query: version, accept: true, default: v1 }"

    @Test(
        "where a version is found",
        arguments: [
            ("/api/v2/users", "", [], "2"), ("/api/v2", "", [], "2"), ("/api/v2.1/x", "", [], "2.1"),
            ("/api/users", "", [], "1"), ("/api/vip/x", "", [], "1"), ("/api/v/x", "", [], "1"),
            ("/apiv2/v3", "", [], "1"), ("/v2/users", "", [], "1"), ("/api/v2x", "", [], "1"),
            ("/api", "version=3", [], "3"), ("/api", "a=1&version=v3", [], "3"), ("/api", "ver%73ion=3", [], "3"),
            ("/api", "version=", [], "?"), ("/api", "version=%0d%0a", [], "?"),
            ("/api", "version=123456789012345678901", [], "?"),
            ("/api", "", [("x-api-version", "4")], "4"), ("/api/v2/x", "version=3", [("x-api-version", "4")], "2"),
            ("/api", "version=3", [("x-api-version", "4")], "4"),
            ("/api", "", [("accept", "application/json;version=5")], "5"),
            ("/api", "", [("accept", "text/html, application/json; q=0.5; Version=\"v5\"")], "5"),
            ("/api", "", [("accept", "text/html"), ("accept", "application/json;version=6")], "6"),
            ("/api", "", [("accept", "application/json;version")], "1"),
        ] as [(String, String, [(String, String)], String)])
    func found(path: String, query: String, fields: [(String, String)], version: String) throws {
        let head = TrafficHead(path: path, query: query, fields: fields)
        #expect(try source(Self.all).version(head) == version)
    }

    @Test("what is not asked for is not looked at")
    func nothing() throws {
        let head = TrafficHead(
            path: "/v2/x", query: "version=3", fields: [("x-api-version", "4"), ("accept", "a/b;version=5")])
        #expect(try source("{ accept: false }").version(head) == nil)
        #expect(try source("{ path: / }").version(head) == "2")
        #expect(readTraffic("{}") { VersionSource(from: &$0) }.value?.version(head) == nil)
    }

    @Test("a route is for the versions it names")
    func matches() {
        let (match, problems) = readTraffic("version: [v1, '2']") { VersionMatch.read(from: &$0) }
        #expect(problems.isEmpty)
        #expect(match??.fits("1") == true && match??.fits("2") == true)
        #expect(match??.fits("3") == false && match??.fits(nil) == false)
        #expect(readTraffic("version: v2") { VersionMatch.read(from: &$0) }.value??.fits("2") == true)
        #expect(readTraffic("{}") { VersionMatch.read(from: &$0) }.value == .some(nil))
        #expect(readTraffic("version: a b") { VersionMatch.read(from: &$0) }.problems.contains("is no version"))
    }

    @Test("a route that ends tells since when, until when and why")
    func deprecation() throws {
        let text = "deprecated: { since: 2026-01-01, sunset: '2026-06-30T12:00:00Z', link: 'https://a.example/v2' }"
        let (found, problems) = readTraffic(text) { Deprecation.read(from: &$0) }
        #expect(problems.isEmpty)
        let deprecation = try #require(found ?? nil)
        #expect(
            texts(deprecation.lines) == [
                "Deprecation: @1767225600", "Sunset: Tue, 30 Jun 2026 12:00:00 GMT",
                "Link: <https://a.example/v2>; rel=\"deprecation\"; type=\"text/html\"",
                "Link: <https://a.example/v2>; rel=\"sunset\"; type=\"text/html\"",
            ])
        #expect(texts(Deprecation(since: Timestamp(seconds: 5)).lines) == ["Deprecation: @5"])
        #expect(readTraffic("{}") { Deprecation.read(from: &$0) }.value == .some(nil))
    }

    @Test(
        "what is wrong is told",
        arguments: [
            ("deprecated: {}", "has no since"), ("deprecated: { since: 2026-02-30 }", "is no date"),
            ("deprecated: { since: soon }", "is no date"),
            ("deprecated: { since: 2026-02-01, sunset: 2026-01-31 }", "is before since"),
            ("deprecated: { since: 2026-02-01, link: 'https://a>; rel=x' }", "is no link"),
            ("deprecated: { since: 2026-02-01, link: 'javascript:x' }", "is no link"),
        ])
    func wrong(text: String, problem: String) {
        let problems = readTraffic(text) { Deprecation.read(from: &$0) }.problems
        #expect(problems.contains(problem), "\(problems)")
    }

    @Test(
        "a source that is none is told",
        arguments: [
            ("{ path: api }", "is no such path"), ("{ path: /api/ }", "is no such path"),
            ("{ header: 'a b' }", "is not the name of a field"), ("{ default: 'a b' }", "is no version"),
        ])
    func wrongSource(text: String, problem: String) {
        let problems = readTraffic("versions: \(text)") { VersionSource(from: &$0) }.problems
        #expect(problems.contains(problem), "\(problems)")
    }
}
