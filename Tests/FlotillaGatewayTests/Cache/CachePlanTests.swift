internal import FlotillaConfiguration
@testable internal import FlotillaGateway
internal import Testing

@Suite("What the file says of caches") struct CachePlanTests {
    private func read<Plan>(
        _ text: String, _ body: (inout YAMLFields) -> Plan
    ) throws -> (plan: Plan?, problems: [ConfigurationProblem]) {
        let read = YAMLReader.read(ConfigurationFile(path: "gateway.yaml", text: text), body)
        return (read.value, read.problems)
    }

    @Test("of a route")
    func route() throws {
        let (plan, problems) = try read(
            """
            ttl: 30s
            staleWhileRevalidate: 1m
            staleIfError: 1h
            vary: [Accept-Language]
            query: [page, a]
            methods: [GET]
            """) { CachePlan(from: &$0) }
        #expect(problems.isEmpty)
        var expected = CachePlan()
        (expected.ttl, expected.staleWhileRevalidate) = (.seconds(30), .seconds(60))
        expected.staleIfError = .seconds(3_600)
        (expected.vary, expected.query, expected.methods) = (["accept-language"], ["a", "page"], [.get])
        #expect(plan == expected)
    }

    @Test("nothing said: what answers say, all of the query; an empty list of names is none of it")
    func least() throws {
        #expect(try read("{}") { CachePlan(from: &$0) }.plan == CachePlan())
        #expect(try read("query: []") { CachePlan(from: &$0) }.plan?.query == [])
    }

    @Test(
        "what is wrong is told",
        arguments: [
            ("ttl: -1s", "ttl"), ("vary: [\"a b\"]", "is no name of a field"), ("methods: [POST]", "is never kept"),
            ("tll: 1s", "did you mean ttl?"),
        ])
    func wrong(text: String, part: String) throws {
        let problems = try read(text) { CachePlan(from: &$0) }.problems
        #expect(problems.map(\.description).joined().contains(part), "\(problems)")
    }

    @Test("of all: bytes, and no answer is larger than all")
    func store() throws {
        let (plan, problems) = try read("bytesMax: 1000000\nanswerBytesMax: 5000") { CacheStorePlan(from: &$0) }
        #expect(problems.isEmpty && plan?.bytesMax == 1_000_000 && plan?.answerBytesMax == 5_000)
        let wrong = try read("bytesMax: 100000\nanswerBytesMax: 200000") { CacheStorePlan(from: &$0) }.problems
        #expect(wrong.map(\.description).joined().contains("more than there is room for"))
    }
}
