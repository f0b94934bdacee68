internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import FlotillaObservability
internal import FlotillaRPC
internal import FlotillaRuntime
internal import FlotillaStorage
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import ShopContractsRPC
internal import Testing

@testable internal import ShopOrders

extension Principal {
    static let ada = Principal(id: "ada", role: .customer, region: "eu")
    static let grace = Principal(id: "grace", role: .customer, region: "us")
    static let linus = Principal(id: "linus", role: .support, region: "eu")
    static let nobodysHelp = Principal(id: "otto", role: .support)
    static let mary = Principal(id: "mary", role: .manager, region: "us")
    static let root = Principal(id: "root", role: .admin)
}

/// Orders, running beside a catalog; the test plays all the services that its sagas ask.
struct OrdersBench: Sendable {
    let bench: ServiceBench

    static func run(_ body: @Sendable (OrdersBench) async throws -> Void) async throws {
        let blueprint = ServiceBesideDouble(OrdersService())
        try await ServiceBench.run(blueprint) { bench in
            let exchange = try #require(blueprint.exchange)
            let host = RPCHost(
                [RPCService(PriceList())], on: exchange, telemetry: .silent(service: "catalog", world: bench.world))
            try await whileRunning([{ try await host.run() }]) {
                try await host.waitUntilRunning()
                try await body(OrdersBench(bench: bench))
            }
        }
    }

    // MARK: What callers do

    /// Places an order for a compass.
    ///
    /// - Returns: its ID.
    func place(_ token: String = "tok_first", as principal: Principal = .ada) async throws -> String {
        let body: JSONValue = [
            "items": [["productId": "prod-1", "quantity": 1]],
            "shippingAddress": [
                "name": "Ada", "line1": "12 Quay Street", "city": "London", "postalCode": "E1", "country": "GB",
            ],
            "paymentToken": .string(token),
        ]
        var request = Request(.post, target: "/api/v1/orders", body: body.bytes())
        request.headers[.contentType] = "application/json"
        request.headers[try #require(HTTPField.Name("Idempotency-Key"))] = bench.world.ids.make()
        let response = try await bench.respond(to: request, as: principal)
        #expect(response.status == .accepted)
        return try #require(try JSONValue(parsing: try await response.collect())["id"]?.string)
    }

    /// Places an order whose items are reserved, so that it awaits its payment.
    func placeAndReserve(_ token: String = "tok_first", as principal: Principal = .ada) async throws -> String {
        let order = try await place(token, as: principal)
        try await answer(try await command(ReserveItems.self, of: order), ItemsReserved { $0.orderID = order })
        _ = try await command(ProcessPayment.self, of: order)
        return order
    }

    func replace(
        _ order: String, _ token: String, as principal: Principal? = .ada
    ) async throws -> (status: Int, json: JSONValue) {
        try await bench.call(
            .put, "/api/v1/orders/\(order)/payment-token", ["paymentToken": .string(token)], as: principal)
    }

    func status(of order: String, as principal: Principal = .root) async throws -> String? {
        try await bench.call(.get, "/api/v1/orders/\(order)", as: principal).json["status"]?.string
    }

    func listed(as principal: Principal) async throws -> [String] {
        let answer = try await bench.call(.get, "/api/v1/orders", as: principal)
        return (answer.json["items"]?.array ?? []).compactMap { $0["id"]?.string }
    }

    /// The types of the events recorded about an order.
    func events(of order: String) async throws -> [String] {
        let answer = try await bench.call(.get, "/api/v1/orders/\(order)/events", as: .root)
        return (answer.json["items"]?.array ?? []).compactMap { $0["type"]?.string }
    }

    func wait(
        for order: String, toBe status: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await eventually("\(order) was \(status)", sourceLocation: sourceLocation) {
            try await self.status(of: order) == status
        }
    }

    // MARK: What the other services do

    /// Waits for the `number`th command of a type about an order. The clock stands still meanwhile.
    @discardableResult
    func command<Payload: MessagePayload>(
        _ type: Payload.Type, of order: String, number: Int = 1, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Message {
        try await eventually("\(type) number \(number) was sent", sourceLocation: sourceLocation) {
            try await commands(type, of: order).count >= number
        }
        return try await commands(type, of: order)[number - 1]
    }

    func commands<Payload: MessagePayload>(_ type: Payload.Type, of order: String) async throws -> [Message] {
        try await bench.received().filter { $0.type == type.messageType && $0.subject == order }
    }

    /// The payments asked for so far: `token version`.
    func asked(_ order: String) async throws -> [String] {
        try await commands(ProcessPayment.self, of: order).map { message in
            let command = try ProcessPayment(messageBytes: message.data)
            return "\(command.paymentToken) \(command.tokenVersion)"
        }
    }

    func answer(_ command: Message, _ reply: some MessagePayload) async throws {
        try await bench.send(reply, subject: command.subject, saga: command.saga)
    }

    /// Says that the payment a command asks for has failed.
    func decline(_ command: Message, reason: String = "card-declined") async throws {
        let asked = try ProcessPayment(messageBytes: command.data)
        try await answer(
            command,
            PaymentFailed {
                $0.orderID = asked.orderID
                $0.userID = asked.userID
                $0.reason = reason
                $0.tokenVersion = asked.tokenVersion
            })
    }

    /// Says that the payment a command asks for was made.
    func pay(_ command: Message) async throws {
        let asked = try ProcessPayment(messageBytes: command.data)
        try await answer(
            command,
            PaymentProcessed {
                $0.orderID = asked.orderID
                $0.userID = asked.userID
                $0.paymentID = "payment-1"
                $0.amount = asked.amount
                $0.tokenVersion = asked.tokenVersion
            })
    }

    /// Answers everything after the payment.
    func ship(_ order: String) async throws {
        try await answer(
            try await command(ScheduleShipping.self, of: order),
            ShippingScheduled {
                $0.orderID = order
                $0.shipmentID = "shipment-1"
                $0.trackingCode = "FL1"
            })
        try await wait(for: order, toBe: "completed")
    }

    /// Answers the compensations of an order whose payment failed.
    func release(_ order: String) async throws {
        try await answer(try await command(ReleaseItems.self, of: order), ItemsReleased { $0.orderID = order })
        try await wait(for: order, toBe: "cancelled")
    }
}

/// A catalog in which everything costs the same.
private struct PriceList: CatalogServing {
    func getProducts(request: GetProductsRequest, context: RPCServerContext) async throws -> GetProductsReply {
        GetProductsReply { reply in
            reply.products = request.productIds.map { id in
                ProductSummary {
                    $0.productID = id
                    $0.found = true
                    $0.name = "Brass compass"
                    $0.price = MoneyValue(Money(amount: 4_950, currency: "USD"))
                    $0.inStock = true
                }
            }
        }
    }
}
