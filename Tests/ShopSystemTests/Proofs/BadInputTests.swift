internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaSecurity
internal import HTTPTypes
internal import ShopSystem
internal import Testing

extension WholeShop {
    @Suite("bad input")
    struct BadInputTests {
        @Test("every route refuses bad bodies, queries and paths without a fault, and the Shop goes on")
        func badRequests() async throws {
            try await RunningShop.run { shop in
                let root = try await shop.client.administrator()
                let routes = try await PublishedRoute.all(of: shop.client)
                #expect(routes.count >= 40)
                #expect(routes.contains { $0.target == "/api/v1/orders" && $0.method == .post })
                var refused = 0
                for route in routes {
                    // Whoever may delete their account or session here does so; root is needed for the other routes.
                    let endsCaller = route.method == .delete && !route.hasParameters
                    let caller = endsCaller ? try await shop.client.newCustomer() : root
                    for bad in BadRequest.all(for: route) {
                        let reply = try await caller.send(bad.request)
                        Self.expectHarmless(reply, bad.what)
                        if let wanted = bad.statuses {
                            #expect(wanted.contains(reply.status), "\(bad.what): \(reply.request): \(reply.text)")
                        }
                        if (400..<500).contains(reply.status) { refused += 1 }
                    }
                }
                // Most of it has to be refused; a Shop that says yes to everything would be no better.
                #expect(refused > 500)
                try await Self.seeShopGoesOn(shop)
            }
        }

        @Test(
            "what is no HTTP, or no path, is refused",
            arguments: [
                ("GET /api/v1/products/%FF%FE HTTP/1.1", 400), ("GET /api/v1/products/% HTTP/1.1", 400),
                ("GET /api/v1/products/%zz HTTP/1.1", 400), ("GET /api/v1/products/../../etc HTTP/1.1", 404),
                ("GET //api//v1//products HTTP/1.1", 404), ("PATCH /api/v1/products HTTP/1.1", 405),
                ("GET \u{1} HTTP/1.1", 400), ("BREW /api/v1/products HTTP/1.1", 405),
                ("GET /api/v1/products HTTP/7.9", 505), ("nonsense", 400),
            ])
        func rawRequests(line: String, status: Int) async throws {
            try await RunningShop.run { shop in
                let answer = try RawConnection.answer(
                    to: "\(line)\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", port: shop.addresses.gatewayPort)
                let received = answer.split(separator: " ").dropFirst().first.flatMap { Int($0) }
                #expect(received == status, "\(line): \(answer)")
                #expect(answer.contains("Content-Type: application/problem+json"), "\(line): \(answer)")
                try await Self.seeShopGoesOn(shop)
            }
        }

        @Test("no token but a valid one opens a route that needs one")
        func badTokens() async throws {
            try await RunningShop.run { shop in
                let ada = try await shop.client.signedIn(as: "ada@shop.example")
                let forge = try await TokenForge(shop, like: try #require(ada.accessToken))
                #expect(try await shop.client.bearing(forge.valid).get("/api/v1/users/me").status == 200)
                let routes = try await PublishedRoute.all(of: shop.client).filter(\.needsToken)
                #expect(routes.count >= 20)
                for route in routes {
                    for (what, token) in forge.invalid {
                        let request = Request(
                            route.method, target: route.target(with: "01KBB2A7Q3M0W9T5XJ8VZ4C6DE"),
                            headers: [.authorization: token])
                        let reply = try await shop.client.send(request)
                        #expect(reply.status == 401, "\(what): \(reply.request): \(reply.text)")
                        Self.expectHarmless(reply, what)
                    }
                }
                try await Self.seeShopGoesOn(shop)
            }
        }

        /// An answer of the Shop's own, whatever was asked: never a fault, and a refusal that says what is wrong.
        private static func expectHarmless(_ reply: Reply, _ what: String) {
            #expect(reply.status < 500 || reply.status == 503, "\(what): \(reply.request): \(reply.text)")
            guard reply.status >= 400 else { return }
            if reply.request.contains(" /oauth/") {
                // OAuth has errors of its own form (RFC 6749, section 5.2).
                #expect(reply.json["error"]?.string != nil || reply.problem != nil, "\(what): \(reply.text)")
                return
            }
            #expect(
                reply.headers[.contentType]?.hasPrefix("application/problem+json") == true,
                "\(what): \(reply.request): \(reply.headers)")
            #expect(reply.json["type"]?.string?.hasPrefix("/problems/") == true, "\(what): \(reply.request)")
            #expect(reply.json["status"]?.integer == Int64(reply.status), "\(what): \(reply.request)")
        }

        private static func seeShopGoesOn(_ shop: RunningShop) async throws {
            let customer = try await shop.client.newCustomer()
            let product = try #require(try await customer.products(1).first)
            let order = try await customer.order(product.id)
            #expect(try await customer.watch(order).last == "completed")
            #expect(try await customer.get("/health/ready").json["status"]?.string != "degraded")
        }
    }
}
