internal import FlotillaGateway
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

@Suite("The Shop's gateway") struct ShopGatewayTests {
    @Test("each path of the public surface goes to its service", arguments: [
        ("GET", "/.well-known/jwks.json", "users"), ("POST", "/oauth/token", "users"),
        ("POST", "/api/v1/users", "users"),
        ("PATCH", "/api/v1/users/me", "users"), ("DELETE", "/api/v1/sessions/current", "users"),
        ("GET", "/api/v1/products?q=x", "catalog"), ("GET", "/api/v1/products/suggest?q=x", "catalog"),
        ("PUT", "/api/v1/products/p1", "catalog"), ("POST", "/api/v1/carts", "carts"),
        ("GET", "/api/v1/carts/mine", "carts"), ("PUT", "/api/v1/carts/mine/items/p1", "carts"),
        ("POST", "/api/v1/carts/mine/merge", "carts"), ("DELETE", "/api/v1/carts/c1/items/p1", "carts"),
        ("POST", "/api/v1/orders", "orders"), ("GET", "/api/v1/orders/o1/stream", "orders"),
        ("POST", "/api/v1/orders/o1/cancel", "orders"), ("PUT", "/api/v1/orders/o1/payment-token", "orders"),
        ("POST", "/api/v1/payment-tokens", "payments"), ("GET", "/api/v1/payments?orderId=o1", "payments"),
        ("GET", "/api/v1/inventory/p1", "inventory"), ("PUT", "/api/v1/inventory/p1", "inventory"),
        ("GET", "/api/v1/shipments/s1", "shipping"), ("PUT", "/api/v1/notifications/preferences", "notifications"),
    ])
    func routes(method: String, target: String, service: String) async throws {
        let fixture = try EdgeFixture()
        let request = Request(
            try #require(HTTPRequest.Method(method)), target: target, headers: [.authorization: "Bearer admin:root"])
        _ = await fixture.gateway.respond(to: request)
        #expect(fixture.services[service]?.requests == ["\(method) \(target) Bearer admin:root"])
    }

    @Test("stock and goods are changed by staff only", arguments: ["/api/v1/inventory/p1", "/api/v1/products/p1"])
    func staffOnly(path: String) async throws {
        let fixture = try EdgeFixture()
        let request = Request(.put, path, headers: [.authorization: "Bearer customer:ada"])
        #expect(await fixture.gateway.respond(to: request).status == .forbidden)
    }

    @Test("it is ready without Payments, and not without Orders")
    func readiness() async throws {
        let fixture = try EdgeFixture()
        #expect(try await fixture.get("/health/ready").json()["status"] == "healthy")
        fixture.directory.remove("payments")
        let degraded = await fixture.get("/health/ready")
        #expect(degraded.status == .ok)
        #expect(try degraded.json()["status"] == "degraded")
        fixture.directory.remove("orders")
        #expect(await fixture.get("/health/ready").status == .serviceUnavailable)
    }

    @Test("the index page tells what runs here, safely")
    func page() async throws {
        let fixture = try EdgeFixture(accounts: [("<b>@shop.example", "customer & \"friend\"")])
        let response = await fixture.get("/")
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "text/html; charset=utf-8")
        #expect(response.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        let html = response.text
        for part in [
            "/openapi.json", "/health/ready", "http://127.0.0.1:8090", "&lt;b&gt;@shop.example",
            "customer &amp; &quot;friend&quot;", "Idempotency-Key",
        ] { #expect(html.contains(part), "\(part)") }
        #expect(!html.contains("<b>"))
        #expect(!html.contains("<script"))
        let again = await fixture.gateway.respond(
            to: Request(.get, "/", headers: [.ifNoneMatch: try #require(response.headers[.eTag])]))
        #expect(again.status == .notModified)
    }

    @Test("the composition stands in the document of the gateway")
    func document() async throws {
        let document = try await EdgeFixture().get("/openapi.json").json()
        let details = document["paths"]?["/api/v1/orders/{id}/details"]?["get"]
        #expect(details?["security"] == [["bearer": []]])
        #expect(document["info"]?["title"] == "The Shop")
    }
}
