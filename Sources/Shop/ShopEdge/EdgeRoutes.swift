internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import HTTPTypes

/// What the edge answers itself.
struct EdgeRoutes: Sendable {
    let upstream: UpstreamClient
    let facts: ShopFacts

    func make() -> Routes {
        var routes = Routes()
        let composition = OrderDetails(upstream: upstream)
        routes.add(
            .get, "/api/v1/orders/{id}/details", access: .signedIn,
            summary: "One order with its customer, products, payment and shipment",
            answers: OrderDetailsAnswer.self
        ) { call in
            Answer(
                try await composition(
                    order: try call.orderID, for: try call.signedIn, call.context),
                headers: [.cacheControl: "private, no-cache"])
        }
        routes.addRaw(.get, "/", access: .anyone, summary: "What runs here", produces: "text/html") { [facts] call in
            // By the address the visitor came to: it is right behind a port that the system chose, too.
            var facts = facts
            if !call.request.authority.isEmpty { facts.publicURL = "http://\(call.request.authority)" }
            return Response.page(IndexPage.html(facts)).tagged(for: call.request)
        }
        return routes
    }
}

/// The ID of an order, only to be put into a path.
private struct OrderReference: TypedID {
    let text: String
    init(unchecked text: String) { self.text = text }
}

extension Call {
    /// The order of the path.
    fileprivate var orderID: String {
        get throws {
            guard let id = OrderReference(parameter("id")) else { throw ServiceError.notFound("order") }
            return id.text
        }
    }
}
