internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import ShopContracts

/// Inventory over HTTP.
enum InventoryRoutes {
    static func routes(find: FindStock, count: CountStock) -> Routes {
        var routes = Routes(prefix: "/api/v1")
        routes.add(
            .get, "/inventory/{productId}", access: .anyone, summary: "How many of a product can be sold",
            answers: StockAnswer.self
        ) { call in
            Answer(StockAnswer(try await find(call.id("productId", as: ProductID.self))))
        }
        routes.add(
            .put, "/inventory/{productId}", access: .roles([.admin]),
            summary: "Set the counted stock of the default warehouse", input: CountBody.self,
            answers: StockAnswer.self,
            problems: [KnownProblem(.conflict, "below-reserved", "More is kept for orders than was counted.")]
        ) { call, body in
            let productID = try call.id("productId", as: ProductID.self)
            return Answer(StockAnswer(try await count(productID, onHand: body.onHand, call.context)))
        }
        return routes
    }
}

/// `{onHand}`.
struct CountBody: RequestInput {
    let onHand: Int

    init(from fields: inout FieldReader) { onHand = fields.int("onHand", in: 0...ProductStock.onHandMax) }
}

/// `{productId, available, reserved}`.
struct StockAnswer: ResponseBody {
    var stock: ProductStock

    init(_ stock: ProductStock) { self.stock = stock }

    static var example: StockAnswer {
        StockAnswer(ProductStock(productID: ProductID(unchecked: "P-1001-BLUE"), onHand: 45, reserved: 3))
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("productId", stock.productID)
            json.field("available", stock.available)
            json.field("reserved", stock.reserved)
        }
    }
}
