internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import HTTPTypes
@testable internal import ShopEdge
internal import ShopSystem
internal import Testing

extension WholeShop {
    @Suite("the door and the services behind it")
    struct DoorTests {
        /// One thing a service can be asked for; names of parameters do not matter.
        private struct Operation: Hashable, Comparable, CustomStringConvertible {
            var service: String
            var method: String
            var path: String

            init(_ service: String, _ method: String, _ path: String) {
                self.service = service
                self.method = method.uppercased()
                self.path = path.split(separator: "/", omittingEmptySubsequences: false)
                    .map { $0.hasPrefix("{") ? "{}" : String($0) }.joined(separator: "/")
            }

            var description: String { "\(service): \(method) \(path)" }
            static func < (left: Self, right: Self) -> Bool { left.description < right.description }
        }

        /// What every service has for those who run it; customers ask the gateway for its own.
        private static let ofOperators = ["/health", "/health/live", "/health/ready", "/metrics", "/openapi.json"]

        @Test("the gateway forwards what the services declare, all of it and nothing else")
        func agreement() async throws {
            try await RunningShop.run { shop in
                let list = try await shop.client.operate(.get, "/ops/services").expecting(200)
                let services = (list.json["items"]?.array ?? []).compactMap { $0["name"]?.string }
                var declared: Set<Operation> = []
                for service in services {
                    let document = try await shop.client.operate(.get, "/ops/services/\(service)/openapi.json")
                    declared.formUnion(Self.operations(of: service, try document.expecting(200).json))
                }
                let forwarded = Set(
                    ShopRoutes.all.filter { $0.service != ShopRoutes.edge }.flatMap { route in
                        route.methods.map { Operation(route.service, $0.rawValue, route.path.description) }
                    })
                let isPublic: (Operation) -> Bool = { !Self.ofOperators.contains($0.path) }
                #expect(services.count >= 8 && forwarded.count >= 40)
                #expect(forwarded.subtracting(declared).sorted() == [], "forwarded, but no service answers it")
                #expect(
                    declared.filter(isPublic).subtracting(forwarded).sorted() == [],
                    "declared, but nobody can ask for it: forward it, or list it as internal here")
                #expect(forwarded.allSatisfy(isPublic))
            }
        }

        @Test("what the gateway answers itself stands in its document with all that it forwards")
        func published() async throws {
            try await RunningShop.run { shop in
                let document = try await shop.client.get("/openapi.json").expecting(200).json
                let published = Set(Self.operations(of: "any", document))
                let routed = Set(
                    ShopRoutes.all.flatMap { route in
                        route.methods.map { Operation("any", $0.rawValue, route.path.description) }
                    })
                #expect(routed.symmetricDifference(published).sorted() == [])
            }
        }

        @Test("a service that is taken away is refused at once, and back again it answers the first request")
        func stopAndStart() async throws {
            try await RunningShop.run { shop in
                let customer = try await shop.client.newCustomer()
                #expect(try await Self.breaker("gateway → payments", shop)["policy"]?.string == "forwarding")
                for _ in 0..<3 {
                    try await shop.stop("payments")
                    for _ in 0..<10 {
                        let began = SystemTime().uptime
                        let refused = try await customer.get("/api/v1/payments?orderId=01KBB2A7Q3M0W9T5XJ8VZ4C6DE")
                        #expect(refused.status == 503)
                        #expect(refused.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 0)
                        #expect(SystemTime().uptime - began < .seconds(1))
                    }
                    try await shop.start("payments")
                    _ = try await customer.cardToken()
                }
                let breaker = try await Self.breaker("gateway → payments", shop)
                #expect(breaker["state"]?.string == "closed")
                #expect(breaker["openings"]?.integer == 0)
            }
        }

        private static func breaker(_ target: String, _ shop: RunningShop) async throws -> JSONValue {
            let list = try await shop.client.operate(.get, "/ops/breakers").expecting(200)
            return try #require(list.json["items"]?.array?.first { $0["target"]?.string == target })
        }

        private static func operations(of service: String, _ document: JSONValue) -> [Operation] {
            (document["paths"]?.object?.members ?? []).flatMap { path in
                (path.value.object?.members ?? []).map { Operation(service, $0.name, path.name) }
            }
        }
    }
}
