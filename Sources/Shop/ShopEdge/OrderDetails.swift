internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP

/// Puts together what one page about an order shows (API composition): five services, asked side by side.
///
/// Without the order there is no answer; any other part that cannot be had is named in `partial`.
struct OrderDetails: Sendable {
    /// Products asked for at once, at most; an order has at most 50 lines.
    private static let productsMax = 50

    let upstream: UpstreamClient

    func callAsFunction(
        order id: String, for caller: Principal, _ context: CallContext
    ) async throws -> OrderDetailsAnswer {
        async let order = upstream.get("orders", "/api/v1/orders/\(id)", context)
        async let user = part("user", context) { try await upstream.get("users", "/api/v1/users/me", $0) }
        async let payment = part("payment", context) { context in
            try await latest(of: "payments", "/api/v1/payments", order: id, context)
        }
        async let shipment = part("shipment", context) { context in
            try await latest(of: "shipping", "/api/v1/shipments", order: id, context)
        }
        // Until the order is known nothing else counts: its error is the answer.
        let found = try await order
        let products = await products(of: found, context)
        var answer = OrderDetailsAnswer(order: found, products: products.found)
        if products.isPartial { answer.partial.append("products") }
        // The caller's profile is the customer's only when the order is the caller's own.
        if found["userId"]?.string ?? caller.id == caller.id {
            answer.take(await user, "user", \.user)
        } else {
            _ = await user
            answer.partial.append("user")
        }
        answer.take(await payment, "payment", \.payment)
        answer.take(await shipment, "shipment", \.shipment)
        return answer
    }

    /// Nil when the part cannot be had; a part there is none of is JSON's null.
    private func part(
        _ name: String, _ context: CallContext, _ get: @Sendable (CallContext) async throws -> JSONValue
    ) async -> JSONValue? {
        do {
            return try await get(context)
        } catch {
            // Recorded as an error of the span of the call; here it is one name in `partial`.
            return nil
        }
    }

    /// The last of a service's things that belong to the order; null while there is none.
    private func latest(
        of service: String, _ path: String, order id: String, _ context: CallContext
    ) async throws -> JSONValue {
        let list = try await upstream.get(service, path, query: "orderId=\(id)", context)
        return list["items"]?.array?.last ?? .null
    }

    private func products(
        of order: JSONValue, _ context: CallContext
    ) async -> (found: [JSONValue], isPartial: Bool) {
        var ids: [String] = []
        for line in order["items"]?.array ?? [] {
            if let id = line["productId"]?.string, !ids.contains(id) { ids.append(id) }
        }
        ids = Array(ids.prefix(Self.productsMax))
        let found = await withTaskGroup(of: (Int, JSONValue?).self) { group in
            for (index, id) in ids.enumerated() {
                group.addTask {
                    let path = "/api/v1/products/\(PercentEncoding.encode(id))"
                    return (index, await part("product", context) { try await upstream.get("catalog", path, $0) })
                }
            }
            var found: [(Int, JSONValue?)] = []
            for await product in group { found.append(product) }
            return found.sorted { $0.0 < $1.0 }.compactMap(\.1)
        }
        return (found, found.count < ids.count)
    }
}

/// `{order, user, products, payment, shipment, partial}`.
struct OrderDetailsAnswer: ResponseBody {
    var order: JSONValue
    var user: JSONValue = .null
    var products: [JSONValue]
    var payment: JSONValue = .null
    var shipment: JSONValue = .null
    /// Names of parts that could not be had.
    var partial: [String] = []

    fileprivate mutating func take(
        _ part: JSONValue?, _ name: String, _ place: WritableKeyPath<OrderDetailsAnswer, JSONValue>
    ) {
        if let part { self[keyPath: place] = part } else { partial.append(name) }
    }

    static var example: OrderDetailsAnswer {
        OrderDetailsAnswer(
            order: ["id": "01JD8Q3V5ZK7M2N9R4T6W8X0YB", "status": "completed"],
            user: ["id": "01JD8PZQ2M4N6R8T0V1W3X5Y7Z", "name": "Ada", "email": "ada@shop.example"],
            products: [["id": "prod-0001", "name": "Brass compass"]],
            payment: ["status": "captured", "amount": ["amount": 9_900, "currency": "USD"]],
            shipment: ["status": "scheduled", "trackingCode": "FL123"], partial: ["user"])
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("order", order)
            json.field("user", user)
            json.field("products", products)
            json.field("payment", payment)
            json.field("shipment", shipment)
            json.field("partial", partial)
        }
    }
}
