internal import FlotillaCore
internal import FlotillaRuntime
internal import Testing

@Suite("a fleet's map")
struct FleetMapTests {
    @Test("is refused with every contradiction in it")
    func contradictions() {
        let error = #expect(throws: ServiceError.self) {
            try FleetMap([
                ProbeService("orders", publishes: ["test.placed.v1"], consumes: ["test.paid.v1"], calls: ["catalog"]),
                ProbeService("orders"),
                ProbeService("shipping", consumes: ["test.placed.v1", "test.packed.v1"]),
            ])
        }
        #expect(error?.slug == "fleet-map")
        let detail = error?.detail ?? ""
        #expect(detail.contains("two services are called 'orders'"))
        #expect(detail.contains("'orders' handles test.paid.v1, which no service sends"))
        #expect(detail.contains("'shipping' handles test.packed.v1, which no service sends"))
        #expect(detail.contains("'orders' calls 'catalog', which is not in the fleet"))
        #expect(!detail.contains("test.placed.v1"))
    }

    @Test("is taken when every name, message and call has its counterpart, and keeps the order of start")
    func sound() throws {
        let map = try FleetMap([
            ProbeService("shipping", consumes: ["test.placed.v1"], calls: ["orders"]),
            ProbeService("orders", publishes: ["test.placed.v1"]),
        ])
        #expect(map.manifests.map(\.name) == ["shipping", "orders"])
    }
}
