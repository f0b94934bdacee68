internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

extension WholeShop {
    @Suite("buying")
    struct BuyingTests {
        @Test("a customer searches, fills a cart, orders and watches the order become completed")
        func purchase() async throws {
            try await RunningShop.run { shop in
                let ada = try await shop.client.signedIn(as: "ada@shop.example")
                let found = try await ada.get("/api/v1/products?q=compass&inStock=true&limit=5").expecting(200)
                let product = try #require(found.json["items"]?[0]?["id"]?.string)
                let before = try await ada.stock(of: product)
                try await ada.call(.post, "/api/v1/carts").expecting(200, 201)
                let filled = try await ada.call(
                    .put, "/api/v1/carts/mine/items/\(product)", ["quantity": 2]
                ).expecting(200)
                let cart = try filled.string("id")
                let total = try #require(filled.json["total"]?["amount"]?.integer)
                let accepted = try await ada.placeOrder([
                    "cartId": .string(cart), "shippingAddress": ShopClient.address,
                    "paymentToken": .string(try await ada.cardToken()),
                ]).expecting(202)
                let order = try accepted.string("id")
                #expect(accepted.headers[.location] == "/api/v1/orders/\(order)")

                #expect(
                    try await ada.watch(order) == ["created", "awaitingPayment", "paid", "shipping", "completed"])

                let payments = try await ada.payments(of: order)
                #expect(payments.map(\.status) == ["captured"])
                #expect(payments.map(\.amount) == [total])
                try await self.seeConsequences(of: order, product: product, before: before.available, as: ada)
                try await self.seeSaga(of: order, as: ada)
            }
        }

        /// The stock is down, the cart empty, and the customer was told: soon after the order is completed.
        private func seeConsequences(
            of order: String, product: String, before: Int64, as ada: ShopClient
        ) async throws {
            _ = try await wait(until: "the stock had left the shelf") { () -> Bool? in
                let stock = try await ada.stock(of: product)
                return stock.available == before - 2 && stock.reserved == 0 ? true : nil
            }
            _ = try await wait(until: "the cart was empty") { () -> Bool? in
                let cart = try await ada.get("/api/v1/carts/mine")
                return cart.status == 404 || cart.json["items"]?.array?.isEmpty == true ? true : nil
            }
            _ = try await wait(until: "a notification was there") { () -> Bool? in
                let notices = try await ada.get("/api/v1/notifications").expecting(200).json["items"]?.array ?? []
                return notices.contains { $0["orderId"]?.string == order } ? true : nil
            }
        }

        private func seeSaga(of order: String, as client: ShopClient) async throws {
            let list = try await client.operate(.get, "/ops/sagas?orderId=\(order)").expecting(200)
            #expect(list.json["items"]?.array?.count == 1)
            let id = try #require(list.json["items"]?[0]?["sagaId"]?.string)
            let saga = try await client.operate(.get, "/ops/sagas/\(id)").expecting(200).json
            #expect(saga["sagaId"]?.string == id)
            #expect(saga["sagaType"]?.string == "checkout")
            #expect(saga["status"]?.string == "completed")
            #expect(saga["compensationRequired"]?.bool == false)
            #expect(saga["currentStep"]?.integer == 5)
            let steps = try #require(saga["steps"]?.array)
            #expect(
                steps.compactMap { $0["action"]?.string }
                    == ["CreateOrder", "ReserveItems", "ProcessPayment", "ScheduleShipping", "ConfirmOrder"])
            #expect(
                steps.compactMap { $0["service"]?.string }
                    == ["orders", "inventory", "payments", "shipping", "orders"])
            #expect(
                steps.map { $0["compensation"]?.string }
                    == ["CancelOrder", "ReleaseItems", "RefundPayment", "CancelShipping", nil])
            #expect(steps.compactMap { $0["stepId"]?.integer } == [1, 2, 3, 4, 5])
            #expect(steps.allSatisfy { $0["status"]?.string == "completed" })
        }

        @Test("cards that are refused leave money and stock where they were; others are charged once")
        func cards() async throws {
            try await RunningShop.run { shop in
                let customer = try await shop.client.newCustomer()
                let product = try #require(try await customer.products(1).first)
                let before = try await customer.stock(of: product.id)
                for (card, reason) in [
                    (TestCard.declined, "card-declined"), (TestCard.insufficientFunds, "insufficient-funds"),
                ] {
                    let order = try await customer.order(product.id, 2, card: card)
                    #expect(try await customer.watch(order).last == "cancelled")
                    #expect(try await customer.reason(of: order) == reason)
                    #expect(try await customer.payments(of: order).map(\.status) == ["failed"])
                }
                let afterRefusals = try await customer.stock(of: product.id)
                #expect(afterRefusals == before)

                for card in [TestCard.failsTwice, TestCard.answerLost] {
                    let order = try await customer.order(product.id, 1, card: card)
                    #expect(try await customer.watch(order).last == "completed")
                    let payments = try await customer.payments(of: order)
                    #expect(payments.map(\.status) == ["captured"])
                    #expect(payments.map(\.amount) == [product.price])
                }
                _ = try await wait(until: "two pieces had left the shelf") { () -> Bool? in
                    try await customer.stock(of: product.id) == (before.available - 2, before.reserved) ? true : nil
                }
                let books = try await ProviderBooks.read(shop.folder)
                #expect(books.tries(ofLast4: "0119") == [3])
                #expect(books.tries(ofLast4: "0341") == [1])
                #expect(books.captured == product.price * 2)
            }
        }

        @Test("the same order sent 20 times at once is one order and one charge")
        func sameKey() async throws {
            try await RunningShop.run { shop in
                let customer = try await shop.client.newCustomer()
                let product = try #require(try await customer.products(1).first)
                let token = try await customer.cardToken()
                let replies = try await inParallel(20, width: 20) { _ in
                    try await customer.placeOrder(product.id, token: token, key: "the-same")
                }
                #expect(replies.allSatisfy { $0.status == 202 })
                let orders = Set(replies.compactMap { $0.json["id"]?.string })
                #expect(orders.count == 1)
                let order = try #require(orders.first)
                #expect(try await customer.watch(order).last == "completed")
                #expect(try await customer.payments(of: order).map(\.amount) == [product.price])
                #expect(try await customer.get("/api/v1/orders").json["items"]?.array?.count == 1)
                let books = try await ProviderBooks.read(shop.folder)
                #expect(books.captured == product.price)

                let again = try await customer.placeOrder(product.id, token: token, key: "the-same")
                #expect(again.status == 202)
                #expect(again.json["id"]?.string == order)
                let other = try await customer.placeOrder(product.id, 2, token: token, key: "the-same")
                #expect(other.status == 422)
                #expect(other.json["type"]?.string?.hasPrefix("/problems/") == true)
            }
        }
    }
}
