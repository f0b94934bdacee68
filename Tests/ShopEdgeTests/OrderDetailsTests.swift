internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

@Suite("Order details") struct OrderDetailsTests {
    private let path = "/api/v1/orders/o1/details"

    @Test("five services make one answer, each asked with the caller's token")
    func whole() async throws {
        let fixture = try EdgeFixture()
        let response = await fixture.get(path, token: "customer:ada")
        #expect(response.status == .ok)
        let answer = try response.json()
        #expect(answer["order"]?["id"] == "o1")
        #expect(answer["user"]?["name"] == "Ada")
        #expect(answer["products"] == [["id": "p2"], ["id": "p1"]])
        #expect(answer["payment"]?["id"] == "y2")
        #expect(answer["shipment"] == JSONValue.null)
        #expect(answer["partial"] == [])
        for name in ["orders", "users", "payments", "shipping", "catalog"] {
            let requests = try #require(fixture.services[name]?.requests)
            #expect(!requests.isEmpty && requests.allSatisfy { $0.hasSuffix("Bearer customer:ada") })
        }
        #expect(fixture.services["catalog"]?.requests.count == 2)
    }

    @Test("parts that cannot be had are named, the others are there", arguments: [
        ("users", ["user"]), ("catalog", ["products"]), ("payments", ["payment"]), ("shipping", ["shipment"]),
    ])
    func partial(service: String, names: [String]) async throws {
        let fixture = try EdgeFixture()
        fixture.directory.remove(service)
        let response = await fixture.get(path, token: "customer:ada")
        #expect(response.status == .ok)
        let answer = try response.json()
        #expect(answer["partial"] == .array(names.map { .string($0) }))
        #expect(answer["order"]?["status"] == "paid")
        if service == "catalog" { #expect(answer["products"] == []) }
    }

    @Test("without Orders there is no answer; an order one may not see is not there", arguments: [
        ("orders", "o1", 503, "unavailable"), ("", "o2", 404, "not-found"), ("", "o%202", 404, "not-found"),
    ])
    func noOrder(away: String, id: String, code: Int, slug: String) async throws {
        let fixture = try EdgeFixture()
        fixture.directory.remove(away)
        let response = await fixture.get("/api/v1/orders/\(id)/details", token: "customer:ada")
        #expect(response.status.code == code)
        #expect(try response.json()["type"] == .string("/problems/\(slug)"))
    }

    @Test("staff do not get their own profile as the customer's")
    func staff() async throws {
        let answer = try await EdgeFixture().get(path, token: "admin:root").json()
        #expect(answer["user"] == JSONValue.null)
        #expect(answer["partial"] == ["user"])
    }

    @Test("it needs a token")
    func anonymous() async throws {
        #expect(await (try EdgeFixture()).get(path).status == .unauthorized)
    }
}
