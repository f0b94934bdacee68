internal import FlotillaCore
internal import FlotillaEventSourcing
internal import FlotillaHTTP
internal import ShopContracts

/// What a new order is answered with.
struct OrderAccepted: ResponseBody {
    var id: OrderID
    var status: Order.Status

    static var example: OrderAccepted {
        OrderAccepted(id: OrderID(unchecked: "01JD8Q3V5ZK7M2N9R4T6W8X0YB"), status: .created)
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("status", status.rawValue)
        }
    }
}

/// One order in full.
struct OrderAnswer: ResponseBody {
    var order: Order

    static var example: OrderAnswer {
        let at = Timestamp(seconds: 1_767_225_600)
        var order = Order()
        order.apply(OrderEvent(kind: .placed(PlacedOrder(
            id: OrderID(unchecked: "01JD8Q3V5ZK7M2N9R4T6W8X0YB"), userID: UserID(unchecked: "user-1"), cartID: nil,
            lines: [OrderLine(
                productID: ProductID(unchecked: "prod-0001"), name: "Brass compass", quantity: 2,
                unitPrice: Money(amount: 4_950, currency: "USD"))],
            total: Money(amount: 9_900, currency: "USD"), address: PostalAddress(), placedAt: at)), at: at))
        order.apply(OrderEvent(
            kind: .shippingScheduled(ShipmentID(unchecked: "01JD8Q3W0A"), trackingCode: "FL123"), at: at))
        return OrderAnswer(order: order)
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", order.placed.id)
            json.field("userId", order.placed.userID)
            json.field("status", order.status.rawValue)
            json.array("items", order.placed.lines) { json, line in
                json.field("productId", line.productID)
                json.field("name", line.name)
                json.field("quantity", line.quantity)
                json.field("unitPrice", line.unitPrice)
                json.field("lineTotal", line.total)
            }
            json.field("total", order.placed.total)
            json.object("shippingAddress") { json in
                let address = order.placed.address
                json.field("name", address.name)
                json.field("line1", address.line1)
                if !address.line2.isEmpty { json.field("line2", address.line2) }
                json.field("city", address.city)
                json.field("postalCode", address.postalCode)
                json.field("country", address.country)
            }
            json.field("paymentId", order.paymentID)
            json.field("shipmentId", order.shipmentID)
            json.field("createdAt", order.placed.placedAt)
            json.field("updatedAt", order.updatedAt)
            json.field("history", order.history.map(ChangeAnswer.init))
        }
    }
}

/// One change of status: a line of the history, and an event of the stream.
struct ChangeAnswer: JSONWritable {
    var change: Order.Change

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("status", change.status.rawValue)
            json.field("at", change.at)
            json.field("reason", change.reason)
        }
    }
}

extension OrderSummary: ResponseBody {
    static var example: OrderSummary {
        let at = Timestamp(seconds: 1_767_225_600)
        return OrderSummary(
            id: OrderID(unchecked: "01JD8Q3V5ZK7M2N9R4T6W8X0YB"), status: .completed,
            total: Money(amount: 9_900, currency: "USD"), lineCount: 1, placedAt: at, updatedAt: at)
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("status", status.rawValue)
            json.field("total", total)
            json.field("lineCount", lineCount)
            json.field("createdAt", placedAt)
            json.field("updatedAt", updatedAt)
        }
    }
}

/// One recorded event of an order.
struct OrderEventAnswer: ResponseBody {
    var version: Int
    var type: String
    var at: Timestamp
    var actor: String
    var correlationID: String

    init(_ event: StoredEvent) {
        self.init(
            version: event.version, type: event.type, at: event.at, actor: event.actor, correlationID: event.cause)
    }

    init(version: Int, type: String, at: Timestamp, actor: String, correlationID: String) {
        self.version = version
        self.type = type
        self.at = at
        self.actor = actor
        self.correlationID = correlationID
    }

    static var example: OrderEventAnswer {
        OrderEventAnswer(
            version: 1, type: "order-placed.v1", at: Timestamp(seconds: 1_767_225_600), actor: "user-1",
            correlationID: "4bf92f3577b34da6a3ce929d0e0e4736")
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("version", version)
            json.field("type", type)
            json.field("at", at)
            json.field("actor", actor)
            json.field("correlationId", correlationID)
        }
    }
}
