internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes

/// What customers do.
extension ShopClient {
    static let address: JSONValue = [
        "name": "Ada Lovelace", "line1": "12 Quay Street", "city": "London", "postalCode": "E1 6AN", "country": "GB",
    ]

    func cardToken(_ card: String = TestCard.paid) async throws -> String {
        let reply = try await call(.post, "/api/v1/payment-tokens", TestCard.body(card))
        return try reply.expecting(201).string("token")
    }

    /// Sends an order for `quantity` of a product.
    func placeOrder(_ product: String, _ quantity: Int = 1, token: String, key: String? = nil) async throws -> Reply {
        try await placeOrder(
            [
                "items": [["productId": .string(product), "quantity": .integer(Int64(quantity))]],
                "shippingAddress": Self.address, "paymentToken": .string(token),
            ], key: key)
    }

    func placeOrder(_ body: JSONValue, key: String? = nil) async throws -> Reply {
        try await call(.post, "/api/v1/orders", body, headers: ["Idempotency-Key": key ?? world.ids.make()])
    }

    /// Buys with a fresh token of `card`.
    ///
    /// - Returns: the order's ID.
    func order(_ product: String, _ quantity: Int = 1, card: String = TestCard.paid) async throws -> String {
        let token = try await cardToken(card)
        return try await placeOrder(product, quantity, token: token).expecting(202).string("id")
    }

    /// Watches an order by its stream until it has ended.
    ///
    /// - Returns: the statuses in the order in which they came.
    func watch(_ order: String, within limit: Duration = .seconds(60)) async throws -> [String] {
        let reply = try await give(limit, until: "order \(order) had ended") {
            try await get("/api/v1/orders/\(order)/stream").expecting(200)
        }
        return reply.text.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("data:") else { return nil }
            let json = try? JSONValue(parsing: Array(line.dropFirst(5).utf8))
            return json?["status"]?.string
        }
    }

    func status(of order: String) async throws -> String {
        try await get("/api/v1/orders/\(order)").expecting(200).string("status")
    }

    /// Waits until an order has one of these statuses.
    func wait(for order: String, toBe statuses: Set<String>, within limit: Duration = .seconds(30)) async throws {
        _ = try await ShopSystemTests.wait(
            until: "order \(order) was \(statuses.sorted())", within: limit
        ) { () -> Bool? in
            statuses.contains(try await status(of: order)) ? true : nil
        }
    }

    /// The reason of an order's last change.
    func reason(of order: String) async throws -> String? {
        try await get("/api/v1/orders/\(order)").expecting(200).json["history"]?.array?.last?["reason"]?.string
    }

    /// What an order has paid: status and amount of each payment.
    func payments(of order: String) async throws -> [(status: String, amount: Int64)] {
        let reply = try await get("/api/v1/payments?orderId=\(order)").expecting(200)
        return (reply.json["items"]?.array ?? []).map {
            ($0["status"]?.string ?? "", $0["amount"]?["amount"]?.integer ?? 0)
        }
    }

    /// How many of a product can still be sold, and how many are kept for orders.
    func stock(of product: String) async throws -> (available: Int64, reserved: Int64) {
        let reply = try await get("/api/v1/inventory/\(product)").expecting(200)
        return (reply.json["available"]?.integer ?? -1, reply.json["reserved"]?.integer ?? -1)
    }

    /// Counts the stock of a product; for administrators.
    func count(_ product: String, as onHand: Int) async throws {
        try await call(.put, "/api/v1/inventory/\(product)", ["onHand": .integer(Int64(onHand))]).expecting(200)
    }

    /// Products of which there is plenty, in a fixed order.
    func products(_ count: Int) async throws -> [(id: String, price: Int64)] {
        let reply = try await get("/api/v1/products?inStock=true&limit=\(count)").expecting(200)
        return try (reply.json["items"]?.array ?? []).map { item in
            guard let id = item["id"]?.string, let price = item["price"]?["amount"]?.integer else {
                throw UnexpectedReply(reply: reply, wanted: "products with IDs and prices")
            }
            return (id, price)
        }
    }
}

/// The sandbox's cards, by what happens to them.
enum TestCard {
    static let paid = "4242424242424242"
    static let declined = "4000000000000002"
    static let insufficientFunds = "4000000000009995"
    static let failsTwice = "4000000000000119"
    static let answerLost = "4000000000000341"

    static let all = [paid, declined, insufficientFunds, failsTwice, answerLost]

    static func body(_ number: String) -> JSONValue {
        ["number": .string(number), "expiryMonth": 12, "expiryYear": 2030, "cvc": "737"]
    }
}

/// Statuses after which nothing more happens to an order by itself.
let terminalStatuses: Set<String> = ["completed", "cancelled", "refunded"]
