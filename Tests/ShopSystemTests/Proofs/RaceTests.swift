internal import FlotillaCore
internal import FlotillaHTTP
internal import Testing

extension WholeShop {
    @Suite("a race for the last pieces")
    struct RaceTests {
        @Test("of 200 buyers of 10 pieces exactly 10 get one, and the others keep their money")
        func oversell() async throws {
            try await RunningShop.run { shop in
                let root = try await shop.client.administrator()
                let product = try #require(try await root.products(1).first)
                try await root.count(product.id, as: 10)
                let buyers = try await inParallel(200, width: 16) { _ in
                    let buyer = try await shop.client.newCustomer()
                    return (buyer, try await buyer.cardToken())
                }
                let orders = try await inParallel(buyers.count, width: buyers.count) { index in
                    let (buyer, token) = buyers[index]
                    return try await buyer.placeOrder(product.id, token: token).expecting(202).string("id")
                }
                #expect(Set(orders).count == buyers.count)
                // Whoever looks meanwhile never sees less than nothing.
                let outcomes = try await inParallel(orders.count, width: 32) { index in
                    let (buyer, order) = (buyers[index].0, orders[index])
                    let status = try await buyer.watch(order).last ?? ""
                    let available = try await buyer.stock(of: product.id).available
                    return (status, try await buyer.reason(of: order) ?? "", available)
                }
                #expect(outcomes.filter { $0.0 == "completed" }.count == 10)
                #expect(outcomes.filter { $0.0 == "cancelled" && $0.1 == "sold-out" }.count == 190)
                #expect(outcomes.allSatisfy { $0.2 >= 0 })
                _ = try await wait(until: "all ten pieces had left the shelf") { () -> Bool? in
                    try await root.stock(of: product.id) == (0, 0) ? true : nil
                }
                let books = try await ProviderBooks.read(shop.folder)
                #expect(books.entries.count == 10)
                #expect(books.captured == product.price * 10)
            }
        }
    }
}
