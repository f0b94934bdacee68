internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

extension WholeShop {
    @Suite("services that are away")
    struct AbsenceTests {
        @Test("without Payments orders are accepted, wait, and are completed when it is back")
        func paymentsAway() async throws {
            try await RunningShop.run { shop in
                let customer = try await shop.client.newCustomer()
                let product = try #require(try await customer.products(1).first)
                let token = try await customer.cardToken()
                try await shop.stop("payments")

                var orders: [String] = []
                for _ in 1...5 {
                    orders.append(
                        try await customer.placeOrder(product.id, token: token).expecting(202).string("id"))
                }
                for order in orders { try await customer.wait(for: order, toBe: ["awaitingPayment"]) }
                let ready = try await customer.get("/health/ready")
                #expect(ready.status == 200)
                #expect(ready.json["status"]?.string == "degraded")
                let card = try await customer.call(.post, "/api/v1/payment-tokens", TestCard.body(TestCard.paid))
                #expect(card.status == 503)
                #expect(card.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 0)

                try await shop.start("payments")
                for order in orders { #expect(try await customer.watch(order).last == "completed") }
                #expect(try await ProviderBooks.read(shop.folder).captured == product.price * 5)
                _ = try await wait(until: "the Shop was ready again") { () -> Bool? in
                    try await customer.get("/health/ready").json["status"]?.string == "degraded" ? nil : true
                }
                _ = try await customer.cardToken()
            }
        }

        @Test("each service is taken away and brought back under a trickle of orders, and every order ends")
        func everyServiceInTurn() async throws {
            try await RunningShop.run { shop in
                let customer = try await shop.client.newCustomer()
                let product = try #require(try await customer.products(1).first)
                let token = try await customer.cardToken()
                let list = try await customer.operate(.get, "/ops/services").expecting(200)
                let services = (list.json["items"]?.array ?? []).compactMap { $0["name"]?.string }
                #expect(services.count >= 8)

                var accepted: [String] = []
                for service in services {
                    for round in 0..<3 {
                        if round == 1 { try await shop.stop(service) }
                        if round == 2 { try await shop.start(service) }
                        for number in 0..<3 {
                            let reply = try await customer.placeOrder(
                                product.id, token: token, key: "\(service)-\(round)-\(number)")
                            if reply.status == 202 { accepted.append(try reply.string("id")) }
                            // Without Orders or Catalog nothing can be accepted; and nobody may be told otherwise.
                            #expect([202, 503].contains(reply.status), "\(service), round \(round): \(reply.text)")
                        }
                    }
                }
                #expect(accepted.count >= services.count * 6)
                #expect(Set(accepted).count == accepted.count)
                for order in accepted { #expect(try await customer.watch(order).last == "completed") }
                #expect(
                    try await ProviderBooks.read(shop.folder).captured == product.price * Int64(accepted.count))
            }
        }
    }
}
