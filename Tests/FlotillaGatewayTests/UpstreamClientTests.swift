internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import HTTPTypes
internal import Testing

@Suite("Upstream client") struct UpstreamClientTests {
    private let fixture: GatewayFixture
    private let client: UpstreamClient

    init() throws {
        fixture = try GatewayFixture()
        client = UpstreamClient(
            directory: fixture.directory, policies: fixture.policies, telemetry: fixture.telemetry.renamed("edge"),
            world: fixture.world)
    }

    private var context: CallContext {
        var context = CallContext.root(fixture.world, timeout: .seconds(5))
        context.token = Secret("customer:ada:free")
        return context
    }

    @Test("it asks with the caller's token and trace")
    func asks() async throws {
        let context = context
        let answer = try await client.get("orders", "/api/v1/orders/1", context)
        #expect(answer["text"] == "orders - - - ada")
        let spans = fixture.telemetry.spans.spans(SpanQuery(traceID: context.trace.traceID))
        #expect(spans.contains { $0.kind == .client && $0.parentSpanID == context.trace.spanID })
    }

    @Test("a problem comes as the problem it is")
    func problem() async throws {
        let error = try await #require(throws: UpstreamProblem.self) {
            try await client.get("orders", "/api/v1/nothing", context)
        }
        #expect(error.kind == .notFound)
        #expect(error.slug == "unknown-path")
        #expect(Problem.response(for: error, traceID: "").status == .notFound)
    }

    @Test("a service that fails is not asked for a while, by a breaker of the caller's own")
    func breaker() async throws {
        fixture.directory.put("orders", Scripted { _ in Response(.internalServerError) })
        for _ in 0..<5 {
            await #expect(throws: UpstreamProblem.self) { try await client.get("orders", "/api/v1/orders/1", context) }
        }
        let error = try await #require(throws: ServiceError.self) {
            try await client.get("orders", "/api/v1/orders/1", context)
        }
        #expect(error.slug == "circuit-open")
        let states = fixture.policies.snapshots().filter { $0.breaker?.state == .open }.map(\.target)
        #expect(states == ["edge → orders"])
    }

    @Test("a service that is away is unavailable")
    func away() async throws {
        fixture.directory.remove("orders")
        let error = try await #require(throws: ServiceError.self) {
            try await client.get("orders", "/api/v1/orders/1", context)
        }
        #expect(error.kind == .unavailable)
    }
}
