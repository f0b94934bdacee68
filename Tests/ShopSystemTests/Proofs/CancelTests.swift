internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

extension WholeShop {
    @Suite("cancelling")
    struct CancelTests {
        @Test("a completed order is taken back before its dispatch: money and stock return, once, for its owner only")
        func beforeDispatch() async throws {
            try await RunningShop.run { shop in
                let customer = try await shop.client.newCustomer()
                let stranger = try await shop.client.newCustomer()
                let product = try #require(try await customer.products(1).first)
                let before = try await customer.stock(of: product.id)
                let order = try await customer.order(product.id, 3)
                #expect(try await customer.watch(order).last == "completed")

                let foreign = try await stranger.call(.post, "/api/v1/orders/\(order)/cancel")
                #expect(foreign.status == 404)
                #expect(try await customer.status(of: order) == "completed")

                try await customer.call(.post, "/api/v1/orders/\(order)/cancel").expecting(202)
                try await customer.wait(for: order, toBe: ["refunded"])
                #expect(try await customer.payments(of: order).map(\.status) == ["refunded"])
                let after = try await customer.stock(of: product.id)
                #expect(after == before)
                #expect(try await ProviderBooks.read(shop.folder).captured == 0)

                let again = try await customer.call(.post, "/api/v1/orders/\(order)/cancel")
                #expect(again.status == 409)
                let unknown = try await customer.call(.post, "/api/v1/orders/NO-SUCH-ORDER/cancel")
                #expect(unknown.status == 404)
            }
        }

        @Test("a checkout whose refund is refused is cancelled, and not called refunded while the money is kept")
        func refusedRefund() async throws {
            try await RunningShop.run { shop in
                let customer = try await shop.client.newCustomer()
                let product = try #require(try await customer.products(1).first)
                let before = try await customer.stock(of: product.id)
                let token = try await customer.cardToken("4000000000005126")
                let reply = try await customer.placeOrder([
                    "items": [["productId": .string(product.id), "quantity": 1]],
                    // The carrier does not go there, so the checkout turns back after the payment.
                    "shippingAddress": [
                        "name": "Ada", "line1": "1 Quay", "city": "Pyongyang", "postalCode": "1", "country": "KP",
                    ],
                    "paymentToken": .string(token),
                ]).expecting(202)
                let order = try reply.string("id")
                #expect(try await customer.watch(order).last == "cancelled")
                #expect(try await customer.payments(of: order).map(\.status) == ["captured"])
                let after = try await customer.stock(of: product.id)
                #expect(after == before)
                let sagas = try await shop.client.operate(.get, "/ops/sagas?orderId=\(order)").expecting(200)
                #expect(sagas.text.contains(#""status":"stuck""#))
                #expect(sagas.text.contains(#""status":"compensation-failed""#))
            }
        }

        @Test("a dispatched order is not taken back")
        func afterDispatch() async throws {
            try await RunningShop.run(["shipping.dispatchDelay": "10ms"]) { shop in
                let customer = try await shop.client.newCustomer()
                let product = try #require(try await customer.products(1).first)
                let order = try await customer.order(product.id)
                #expect(try await customer.watch(order).last == "completed")
                let shipment = try await customer.get("/api/v1/orders/\(order)").string("shipmentId")
                _ = try await wait(until: "the parcel was on its way") { () -> Bool? in
                    let parcel = try await customer.get("/api/v1/shipments/\(shipment)").expecting(200)
                    return try parcel.string("status") == "scheduled" ? nil : true
                }
                // Orders hears of the dispatch a moment after Shipping; until then Shipping itself refuses.
                let reply = try await wait(until: "Orders knew of the dispatch") { () -> Reply? in
                    let events = try await customer.get("/api/v1/orders/\(order)/events").expecting(200)
                    guard events.text.contains("dispatched") else { return nil }
                    return try await customer.call(.post, "/api/v1/orders/\(order)/cancel")
                }
                #expect(reply.status == 409)
                #expect(reply.problem == "too-late-to-cancel")
                #expect(try await customer.status(of: order) == "completed")
                #expect(try await customer.payments(of: order).map(\.status) == ["captured"])
            }
        }
    }
}
