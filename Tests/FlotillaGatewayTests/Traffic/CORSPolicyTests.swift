internal import FlotillaCore
internal import Testing

@testable internal import FlotillaGateway

@Suite("Pages of other origins") struct CORSPolicyTests {
    private func policy(_ text: String) -> (value: CORSPolicy?, problems: String) {
        readTraffic(text) { CORSPolicy(from: &$0) }
    }

    @Test(
        "which origins are meant",
        arguments: [
            ("https://a.example", "https://a.example", true), ("https://A.Example:443", "https://a.example", true),
            ("http://a.example:80", "http://a.example", true), ("https://a.example", "http://a.example", false),
            ("https://a.example", "https://a.example:8443", false), ("https://a.example", "https://A.example", false),
            ("https://a.example:8443", "https://a.example:8443", true),
            ("https://a.example", "https://a.example.", false),
            ("https://*.a.example", "https://x.a.example", true),
            ("https://*.a.example", "https://x.y.a.example", true),
            ("https://*.a.example", "https://a.example", false), ("https://*.a.example", "https://.a.example", false),
            ("https://*.a.example", "https://xa.example", false),
            ("https://*.a.example", "https://x.a.example:8443", false),
            ("https://*.a.example:8443", "https://x.a.example:8443", true),
            ("https://*.a.example", "https://evil.example/.a.example", false),
            ("https://*.a.example", "https://evil.example#x.a.example", false),
            ("https://*.a.example", "https://u@x.a.example", false),
            ("https://*.a.example", "https://x..a.example", false),
            ("null", "null", true), ("https://a.example", "null", false), ("*", "null", true),
            ("*", "https://anything.example", true), ("http://[::1]:8080", "http://[::1]:8080", true),
            ("app+x://host", "app+x://host", true),
        ])
    func origins(pattern: String, origin: String, fits: Bool) throws {
        #expect(try #require(OriginPattern(pattern)).fits(origin.utf8) == fits)
    }

    @Test(
        "what is no origin is none",
        arguments: [
            "", "a.example", "https://", "https://a.example/", "https://a.example/x", "https://*", "https://*a.example",
            "https://a.*.example", "https://*.", "https://a b", "https://a.example:", "https://a.example:0",
            "https://a.example:99999", "://a", "https://a..example", "https://u@a.example", "https://[::1", "1x://a",
        ])
    func noOrigins(text: String) { #expect(OriginPattern(text) == nil) }

    private static let usual = """
        origins: ["https://a.example", "https://*.b.example"]
        methods: [GET, PUT]
        headers: [X-Team]
        expose: [X-Trace-ID]
        credentials: true
        maxAge: 5m
        """

    private func decide(_ text: String, _ method: String, _ fields: [(String, String)]) throws -> [String] {
        let (policy, problems) = policy(text)
        #expect(problems.isEmpty)
        switch try #require(policy).decide(TrafficHead(method: method, fields: fields)) {
        case .passes(let lines): return ["passes"] + texts(lines)
        case .preflight(let lines): return ["preflight"] + texts(lines)
        case .refused(let error, let lines): return [error.slug] + texts(lines)
        }
    }

    private static let varyAll = "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers"

    @Test("a preflight is answered with what is allowed")
    func preflight() throws {
        let fields = [("origin", "https://x.b.example"), ("access-control-request-method", "PUT")]
        #expect(
            try decide(Self.usual, "OPTIONS", fields) == [
                "preflight", Self.varyAll, "Access-Control-Allow-Origin: https://x.b.example",
                "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Methods: GET, PUT",
                "Access-Control-Allow-Headers: X-Team", "Access-Control-Max-Age: 300",
            ])
        let foreign = [("origin", "https://c.example"), ("access-control-request-method", "PUT")]
        #expect(try decide(Self.usual, "OPTIONS", foreign) == ["origin-refused", Self.varyAll])
    }

    @Test("an answer tells which origin may read it, and that it depends on it")
    func actual() throws {
        #expect(
            try decide(Self.usual, "GET", [("origin", "https://a.example")]) == [
                "passes", "Vary: Origin", "Access-Control-Allow-Origin: https://a.example",
                "Access-Control-Allow-Credentials: true", "Access-Control-Expose-Headers: X-Trace-ID",
            ])
        #expect(try decide(Self.usual, "GET", [("origin", "https://c.example")]) == ["passes", "Vary: Origin"])
        #expect(try decide(Self.usual, "GET", []) == ["passes", "Vary: Origin"])
        #expect(try decide(Self.usual, "OPTIONS", [("origin", "https://c.example")]) == ["passes", "Vary: Origin"])
    }

    @Test("for everybody the answer is the same, whoever asks")
    func everybody() throws {
        let text = "origins: '*'"
        #expect(try decide(text, "GET", []) == ["passes"])
        #expect(try decide(text, "GET", [("origin", "null")]) == ["passes", "Access-Control-Allow-Origin: *"])
        let asks = [("origin", "https://a.example"), ("access-control-request-method", "DELETE")]
        #expect(
            try decide(text, "OPTIONS", asks) == [
                "preflight", Self.varyAll, "Access-Control-Allow-Origin: *",
                "Access-Control-Allow-Methods: GET, HEAD, POST", "Access-Control-Max-Age: 600",
            ])
    }

    @Test(
        "what is dangerous or wrong is a problem",
        arguments: [
            ("{origins: ['*'], credentials: true}", "is not possible with credentials"),
            ("{origins: ['https://a.example'], headers: ['*'], credentials: true}", "headers: \"*\" is not possible"),
            ("{origins: ['https://a.example'], methods: ['*'], credentials: true}", "methods: \"*\" is not possible"),
            ("{origins: ['https://a.example/']}", "no origin"), ("{}", "origins: is not set"),
            ("{origins: ['https://a.example'], headers: [\"X\\r\\nY\"]}", "is no name"),
            ("{origins: ['https://a.example'], methods: ['A B']}", "is no name"),
        ])
    func wrong(text: String, problem: String) {
        let problems = policy(text).problems
        #expect(problems.contains(problem), "\(problems)")
    }
}
