internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

extension WholeShop {
    @Suite("another card for an order that waits")
    struct OtherCardTests {
        @Test("without Payments the card of a waiting order is replaced, and the new one pays when Payments is back")
        func paymentsAway() async throws {
            try await RunningShop.run { shop in
                let customer = try await shop.client.newCustomer()
                let stranger = try await shop.client.newCustomer()
                let product = try #require(try await customer.products(1).first)
                let bad = try await customer.cardToken(TestCard.declined)
                let good = try await customer.cardToken()
                try await shop.stop("payments")
                let order = try await customer.placeOrder(product.id, token: bad).expecting(202).string("id")
                try await customer.wait(for: order, toBe: ["awaitingPayment"])

                #expect(try await stranger.replaceCard(of: order, by: good).status == 404)
                let reply = try await customer.replaceCard(of: order, by: good).expecting(202)
                #expect(try reply.string("id") == order)
                #expect(try reply.string("status") == "awaitingPayment")
                try await customer.replaceCard(of: order, by: good).expecting(202)

                try await shop.start("payments")
                #expect(try await customer.watch(order).last == "completed")
                #expect(try await customer.payments(of: order).map(\.status) == ["captured"])
                let books = try await ProviderBooks.read(shop.folder)
                #expect(books.captured == product.price)
                #expect(books.entries.filter { $0.status == "captured" }.map(\.last4) == ["4242"])
                let late = try await customer.replaceCard(of: order, by: good)
                #expect(late.status == 409)
                #expect(late.problem == "not-awaiting-payment")
            }
        }

        @Test("cards that are replaced while they are charged: whatever crosses, an order is paid once or cancelled")
        func crossing() async throws {
            try await RunningShop.run(["payments.providerLatency": "30ms"]) { shop in
                let customer = try await shop.client.newCustomer()
                let product = try #require(try await customer.products(1).first)
                let first = [
                    try await customer.cardToken(), try await customer.cardToken(TestCard.declined),
                    try await customer.cardToken(TestCard.failsTwice),
                    try await customer.cardToken(TestCard.answerLost),
                ]
                let second = [
                    try await customer.cardToken("5555555555554444"),
                    try await customer.cardToken(TestCard.insufficientFunds),
                ]
                let ends = try await inParallel(32, width: 8) { number in
                    let reply = try await customer.placeOrder(product.id, token: first[number % 4])
                    let order = try reply.expecting(202).string("id")
                    let token = second[number / 4 % 2]
                    // Again and again until it awaits its payment, or does no more.
                    let replaced = try await wait(until: "it was replaced or too late", every: .milliseconds(3)) {
                        () -> Reply? in
                        let reply = try await customer.replaceCard(of: order, by: token)
                        let status = try await customer.status(of: order)
                        return reply.status == 202 || status != "created" ? reply : nil
                    }
                    #expect([202, 409].contains(replaced.status))
                    let end = try await customer.watch(order).last ?? ""
                    let paid = try await customer.payments(of: order).map(\.status).joined()
                    return (isReplaced: replaced.status == 202, end: end, paid: paid)
                }
                #expect(ends.contains { $0.isReplaced })
                for end in ends {
                    #expect(["completed captured", "cancelled failed"].contains("\(end.end) \(end.paid)"))
                }
                let books = try await ProviderBooks.read(shop.folder)
                let completed = ends.filter { $0.end == "completed" }.count
                #expect(completed > 0)
                #expect(books.captured == product.price * Int64(completed))
                #expect(books.entries.filter { $0.status == "captured" }.count == completed)
            }
        }
    }
}

extension ShopClient {
    fileprivate func replaceCard(of order: String, by token: String) async throws -> Reply {
        try await call(.put, "/api/v1/orders/\(order)/payment-token", ["paymentToken": .string(token)])
    }
}
