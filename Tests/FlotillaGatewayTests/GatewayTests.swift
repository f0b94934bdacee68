internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
internal import HTTPTypes
internal import Testing

@Suite("Gateway") struct GatewayTests {
    @Test("a request reaches its service, with who sends it")
    func forward() async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.send(.get, "/api/v1/orders", token: "customer:ada:free")
        #expect(response.status == .ok)
        #expect(try response.json()["text"] == "orders ada customer - ada")
        let product = await fixture.send(.get, "/api/v1/products/p1?x=1")
        #expect(try product.json()["text"] == "catalog - - - nobody")
    }

    @Test("what only the inside may say is taken away")
    func strip() async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.send(
            .get, "/api/v1/orders/1",
            headers: [.userID: "root", .userRole: "admin", .serviceID: "payments"])
        #expect(try response.json()["text"] == "orders - - - nobody")
    }

    @Test("who may not pass is told so", arguments: [
        ("GET", "/api/v1/orders", nil, 401, "not-signed-in"),
        ("GET", "/api/v1/orders", "junk", 401, "invalid-token"),
        ("GET", "/api/v1/products/p1", "junk", 401, "invalid-token"),
        ("DELETE", "/api/v1/orders/1", "customer:ada:free", 403, "not-allowed"),
        ("DELETE", "/api/v1/orders/1", "admin:root:free", 200, nil),
        ("GET", "/api/v1/nothing", nil, 404, "unknown-path"), ("GET", "/metrics", nil, 404, "unknown-path"),
        ("GET", "/api/v1/internal", "admin:root:free", 404, "unknown-path"),
        ("PUT", "/api/v1/orders", nil, 405, "method-not-allowed"),
        ("GET", "/api/v1/orders/%zz", nil, 400, "malformed-path"),
        ("PUT", "/api/v1/products/p1", nil, 405, "method-not-allowed"),
    ] as [(String, String, String?, Int, String?)])
    func access(method: String, path: String, token: String?, code: Int, slug: String?) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.send(try #require(HTTPRequest.Method(method)), path, token: token)
        #expect(response.status.code == code)
        if let slug {
            #expect(try response.slug() == slug)
            #expect(response.headers[.contentType] == "application/problem+json")
            #expect(response.headers[.traceID] != nil)
        }
    }

    @Test("a service that is away is 503 with its name and when to come back")
    func away() async throws {
        let fixture = try GatewayFixture()
        fixture.directory.remove("catalog")
        let response = await fixture.send(.get, "/api/v1/products/p1")
        #expect(response.status == .serviceUnavailable)
        #expect(response.headers[.retryAfter] == "5")
        #expect(try response.slug() == "unavailable")
        #expect(try response.json()["detail"]?.string?.contains("catalog") == true)
    }

    @Test("gateway and service are two spans of one trace")
    func trace() async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.send(.get, "/api/v1/orders/1", headers: [.correlationID: "c-1"])
        #expect(response.headers[.correlationID] == "c-1")
        let traceID = try #require(response.headers[.traceID])
        let spans = fixture.telemetry.spans.spans(SpanQuery(traceID: traceID))
        let outer = try #require(spans.first { $0.service == "gateway" })
        #expect(response.headers[.spanID] == outer.spanID)
        #expect(outer.name == "GET /api/v1/orders/{id}")
        #expect(outer.parentSpanID == nil)
    }

    @Test("requests are counted by route")
    func metrics() async throws {
        let fixture = try GatewayFixture()
        _ = await fixture.send(.get, "/api/v1/orders/1")
        _ = await fixture.send(.get, "/api/v1/orders/2")
        _ = await fixture.send(.get, "/api/v1/orders")
        let text = fixture.telemetry.metrics.prometheusText()
        #expect(text.contains(
            #"http_requests_total{method="GET",route="/api/v1/orders/{id}",service="gateway",status="200"} 2"#))
        #expect(text.contains(
            #"http_requests_total{method="GET",route="/api/v1/orders",service="gateway",status="401"} 1"#))
    }

    @Test("it is ready with its critical services, degraded without a helpful one")
    func health() async throws {
        let fixture = try GatewayFixture()
        #expect(try await fixture.send(.get, "/health/ready").json()["status"] == "healthy")
        fixture.directory.remove("catalog")
        let degraded = await fixture.send(.get, "/health/ready")
        #expect(degraded.status == .ok)
        #expect(try degraded.json()["status"] == "degraded")
        fixture.directory.remove("orders")
        let down = await fixture.send(.get, "/health/ready")
        #expect(down.status == .serviceUnavailable)
        #expect(try down.json()["status"] == "unhealthy")
        #expect(await fixture.send(.get, "/health/live").status == .ok)
        #expect(try await fixture.send(.get, "/health").json()["checks"]?.array?.count == 2)
    }

    @Test("its document has what can be reached through it, also of a service that is away")
    func document() async throws {
        let fixture = try GatewayFixture()
        for _ in 0..<2 {
            let response = await fixture.send(.get, "/openapi.json")
            let paths = try #require(try response.json()["paths"]?.object)
            #expect(paths.names == ["/api/v1/orders", "/api/v1/orders/{id}", "/api/v1/products/{id}"])
            #expect(paths["/api/v1/orders/{id}"]?.object?.names.sorted() == ["delete", "get"])
            #expect(try response.json()["components"]?["schemas"]?["orders.Echo"] != nil)
            let again = await fixture.send(
                .get, "/openapi.json", headers: [.ifNoneMatch: try #require(response.headers[.eTag])])
            #expect(again.status == .notModified)
            fixture.directory.remove("catalog")
        }
    }

    @Test("routes can be replaced while it runs; contradictions leave the old ones")
    func replace() async throws {
        let fixture = try GatewayFixture()
        let error = #expect(throws: ServiceError.self) {
            try fixture.gateway.replaceRoutes([
                GatewayRoute([.get], "/a/{x}", to: "orders", access: .anyone),
                GatewayRoute([.get], "/a/{y}", to: "catalog", access: .anyone),
            ])
        }
        #expect(error?.slug == "gateway-routes")
        #expect(await fixture.send(.get, "/api/v1/orders/1").status == .ok)
        try fixture.gateway.replaceRoutes([GatewayRoute([.get], "/api/v1/orders/{id}", to: "catalog", access: .anyone)])
        #expect(try await fixture.send(.get, "/api/v1/orders/1").json()["text"] == "catalog - - - nobody")
        #expect(await fixture.send(.get, "/api/v1/products/1").status == .notFound)
    }

    @Test("an answer to HEAD has no body")
    func head() async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.send(.head, "/health/live")
        #expect(response.status == .ok)
        #expect(response.bytes == [])
    }
}
