internal import FlotillaConfiguration
@testable internal import FlotillaGateway
internal import Testing

@Suite("The plan of a gateway that stands alone") struct ProxyPlanTests {
    private func read(_ text: String) throws -> ProxyPlan {
        try ProxyPlan.read(ConfigurationFile(path: "gateway.yaml", text: text))
    }

    private func problems(_ text: String) throws -> String {
        let error = #expect(throws: ConfigurationError.self) { try read(text) }
        return error?.description ?? ""
    }

    @Test("six lines are enough to forward everything")
    func least() throws {
        let plan = try read(
            """
            listen: 127.0.0.1:8088
            upstreams:
              backend: { instances: ["127.0.0.1:9000"] }
            routes:
              - match: { path: "/**" }
                to: backend
            """)
        #expect(plan.host == "127.0.0.1" && plan.port == 8088 && plan.threads == nil)
        #expect(plan.upstreams.map(\.instances) == [["127.0.0.1:9000"]])
        #expect(plan.routes.map { $0.destinations?.members.map(\.upstream) } == [["backend"]])
    }

    @Test("what is not known, and what leads nowhere, is told with its place")
    func wrong() throws {
        let text = try problems(
            """
            listen: 127.0.0.1
            treads: 2
            upstreams:
              backend: { instances: [] }
            routes:
              - match: { path: "no/slash", hots: a }
                to: backnd
            """)
        for part in [
            "listen", "gateway.yaml:1:", "treads: is not known; did you mean threads? (gateway.yaml:2:1)",
            "has 0 entries", "gateway.yaml:4:", "is no path", "hots: is not known; did you mean host?",
            "did you mean backend? (gateway.yaml:7:",
        ] { #expect(text.contains(part), "\(part) is not in \(text)") }
    }

    @Test(
        "a path fits its pattern",
        arguments: [
            ("/**", "/", true), ("/**", "/a/b", true), ("/a", "/a", true), ("/a", "/a/", false), ("/a", "/ab", false),
            ("/a", "/A", false), ("/", "/", true), ("/", "/a", false), ("/a/**", "/a", true), ("/a/**", "/a/b/c", true),
            ("/a/**", "/ab", false), ("/a/*/c", "/a/b/c", true), ("/a/*/c", "/a//c", false), ("/a/*", "/a/", false),
            ("/a/*", "/a/b/c", false), ("/a/*", "/a", false), ("/a/{id}", "/a/b", true), ("/a/{id}", "/a/", false),
            ("/a/{id}/c", "/a/b/c", true), ("/a/{rest...}", "/a", true), ("/a/{rest...}", "/a/b/c", true),
        ])
    func patterns(pattern: String, path: String, fits: Bool) throws {
        let pattern = try #require(PathPattern(pattern))
        #expect(Array(path.utf8).withUnsafeBytes { pattern.matches($0) } == fits)
    }

    @Test(
        "what is no pattern is none",
        arguments: [
            "", "a", "/a*", "/**/b", "/a/***", "/{}", "/{a}{b}", "/{a}/{a}", "/{a...}/b", "/{a",
        ])
    func noPattern(text: String) { #expect(PathPattern(text) == nil) }
}
