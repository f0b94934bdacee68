internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaStorage
internal import HTTPTypes
internal import ShopContracts

/// The HTTP routes of Orders.
struct OrderRoutes: Sendable {
    let store: OrderStore
    let database: Database
    let watchers: OrderWatchers
    let placeOrder: PlaceOrder
    let requestCancellation: RequestCancellation
    let replacePaymentToken: ReplacePaymentToken
    let world: World

    func make() -> Routes {
        var routes = Routes(prefix: "/api/v1")
        routes.add(
            .post, "/orders", access: .signedIn, summary: "Place an order", input: PlaceOrderBody.self,
            answers: OrderAccepted.self, status: .accepted, place)
        routes.add(
            .get, "/orders", access: .signedIn, summary: "The orders the caller may see, newest first",
            query: OrderListQuery.self, answers: Page<OrderSummary>.self, list)
        routes.add(
            .get, "/orders/{id}", access: .signedIn, summary: "One order, as it is or as it was",
            query: OrderQuery.self, answers: OrderAnswer.self
        ) { call, query in
            Answer(OrderAnswer(order: try await find(call, asOf: query.asOf)))
        }
        routes.add(
            .get, "/orders/{id}/events", access: .signedIn, summary: "Everything that was recorded about an order",
            answers: Page<OrderEventAnswer>.self, events)
        routes.addRaw(
            .get, "/orders/{id}/stream", access: .signedIn, summary: "The status of an order, live",
            produces: "text/event-stream", stream)
        routes.add(
            .post, "/orders/{id}/cancel", access: .signedIn, summary: "Ask for an order to be cancelled",
            answers: OrderAccepted.self, status: .accepted
        ) { call in
            let order = try await requestCancellation(
                try call.id("id", as: OrderID.self), by: try call.signedIn, call.context)
            return Answer(OrderAccepted(id: order.placed.id, status: order.status))
        }
        routes.add(
            .put, "/orders/{id}/payment-token", access: .signedIn, summary: "Pay for a waiting order with another card",
            input: PaymentTokenBody.self, answers: OrderAnswer.self, status: .accepted,
            problems: [
                KnownProblem(.conflict, "not-awaiting-payment", "The order does not await its payment."),
                KnownProblem(.conflict, "too-many-payment-tokens", "The card was replaced as often as is allowed."),
            ]
        ) { call, body in
            let order = try await replacePaymentToken(
                try call.id("id", as: OrderID.self), with: body.paymentToken, by: try call.signedIn, call.context)
            return Answer(OrderAnswer(order: order))
        }
        return routes
    }

    private func place(_ call: Call, _ body: PlaceOrderBody) async throws -> Answer<OrderAccepted> {
        let user = UserID(unchecked: try call.signedIn.id)
        let key = OrderKey(
            userID: user, key: try call.requiredIdempotencyKey(), fingerprint: Self.fingerprint(call.request.body))
        let receipt = try await placeOrder(
            PlaceOrder.Request(
                source: body.source, address: body.address.value, paymentToken: body.paymentToken, key: key,
                region: try call.signedIn.region),
            call.context)
        return Answer(
            OrderAccepted(id: receipt.id, status: receipt.status),
            headers: [.location: "/api/v1/orders/\(receipt.id)"])
    }

    private func list(_ call: Call, _ query: OrderListQuery) async throws -> Answer<Page<OrderSummary>> {
        let reach = try call.signedIn.orderReach
        var items = try await database.read { transaction in
            try store.list(reach, before: query.cursor, limit: query.limit + 1, in: transaction)
        }
        let hasMore = items.count > query.limit
        if hasMore { items.removeLast() }
        return Answer(Page(items: items, nextCursor: hasMore ? items.last?.id.text : nil))
    }

    private func events(_ call: Call) async throws -> Answer<Page<OrderEventAnswer>> {
        let order = try await find(call)
        let events = try await database.read { try store.events(of: order.placed.id, in: $0) }
        return Answer(Page(items: events.map(OrderEventAnswer.init), nextCursor: nil))
    }

    private func stream(_ call: Call) async throws -> Response {
        // Watching begins before the first look, so that no change falls in between.
        let id: OrderID = try call.id("id")
        let changes = try watchers.watch(id)
        let order = try await find(call)
        return .events { events in
            var sent = 0
            for change in order.history {
                sent += 1
                try await send(change, sent, to: events)
            }
            if order.status.isTerminal { return }
            for await change in changes where !order.history.contains(change) {
                sent += 1
                try await send(change, sent, to: events)
                if change.status.isTerminal { return }
            }
        }
    }

    private func send(_ change: Order.Change, _ number: Int, to events: EventWriter) async throws {
        let data = String(decoding: ChangeAnswer(change: change).jsonBytes(), as: UTF8.self)
        try await events.send("status", id: String(number), data: data)
    }

    /// The order of the path, if the caller may see it.
    private func find(_ call: Call, asOf: Timestamp? = nil) async throws -> Order {
        let id: OrderID = try call.id("id")
        let order = try await database.read { try store.order(id, asOf: asOf, in: $0) }
        guard let order, try call.signedIn.maySee(order) else { throw ServiceError.notFound("order") }
        return order
    }

    /// Not cryptographic: a customer who finds two bodies with one value fools only himself.
    private static func fingerprint(_ body: [UInt8]) -> Int64 { Int64(bitPattern: StableHash(body).value) }
}
