internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import ShopContracts

/// The HTTP side of Payments.
struct PaymentRoutes: Sendable {
    let tokenize: TokenizeCard
    let list: ListPayments

    var routes: Routes {
        var routes = Routes(prefix: "/api/v1")
        routes.add(
            .post, "/payment-tokens", access: .signedIn, summary: "Exchange a card for a token to pay with",
            input: TokenizeCardBody.self, answers: PaymentTokenAnswer.self, status: .created,
            problems: [KnownProblem(.conflict, "too-many-cards", "The user has as many cards as are allowed.")]
        ) { [tokenize] call, body in
            guard let number = body.number else { throw ServiceError.invalid(field: "number", "is not a card number") }
            let userID = UserID(unchecked: try call.signedIn.id)
            let stored = try await tokenize(Card(number: number, expiry: body.expiry), for: userID)
            // An answer about a card is not for caches (RFC 9111).
            return Answer(
                PaymentTokenAnswer(token: stored.token, brand: stored.brand, last4: stored.last4),
                headers: [.cacheControl: "no-store"])
        }
        routes.add(
            .get, "/payments", access: .signedIn, summary: "What an order has paid",
            query: PaymentQuery.self, answers: Page<PaymentAnswer>.self
        ) { [list] call, query in
            let payments = try await list(of: query.orderID, for: try call.signedIn)
            return Answer(Page(items: payments.compactMap { PaymentAnswer($0) }, nextCursor: nil))
        }
        return routes
    }
}

/// Which payments are wanted.
struct PaymentQuery: RequestInput {
    let orderID: OrderID

    init(from fields: inout FieldReader) { orderID = fields.id("orderId") }
}
