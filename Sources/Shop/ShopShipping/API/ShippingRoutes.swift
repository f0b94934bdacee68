internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import ShopContracts

/// Shipping over HTTP.
enum ShippingRoutes {
    static func routes(find: FindShipment) -> Routes {
        var routes = Routes(prefix: "/api/v1")
        routes.add(
            .get, "/shipments/{id}", access: .signedIn, summary: "One shipment and where it is",
            answers: ShipmentAnswer.self
        ) { call in
            let shipment = try await find(try call.id("id", as: ShipmentID.self), for: try call.signedIn)
            return Answer(ShipmentAnswer(shipment))
        }
        routes.add(
            .get, "/shipments", access: .signedIn, summary: "The shipments of an order", query: ShipmentQuery.self,
            answers: Page<ShipmentAnswer>.self
        ) { call, query in
            let shipments = try await find(of: query.orderID, for: try call.signedIn)
            return Answer(Page(items: shipments.map(ShipmentAnswer.init), nextCursor: nil))
        }
        return routes
    }
}

/// `?orderId=`.
struct ShipmentQuery: RequestInput {
    let orderID: OrderID

    init(from fields: inout FieldReader) { orderID = fields.id("orderId") }
}

/// `{id, orderId, status, trackingCode, carrier, events: [{status, at}]}`.
struct ShipmentAnswer: ResponseBody {
    var shipment: Shipment

    init(_ shipment: Shipment) { self.shipment = shipment }

    static var example: ShipmentAnswer {
        let at = Timestamp(seconds: 1_795_000_000)
        return ShipmentAnswer(
            Shipment(
                id: ShipmentID(unchecked: "01KAJ7M2Q3W4E5R6T7Y8V9B0NA"),
                orderID: OrderID(unchecked: "01KAJ7M1A2S3D4F5G6H7J8K9NB"),
                userID: UserID(unchecked: "01KAJ7KZZ1X2C3V4B5N6M7Q8WC"), status: .scheduled,
                trackingCode: "FPE5R6T7Y8V9B0NA", carrier: DemoCarrier.name,
                events: [Shipment.Event(status: .scheduled, at: at)]))
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", shipment.id)
            json.field("orderId", shipment.orderID)
            json.field("status", shipment.status.rawValue)
            json.field("trackingCode", shipment.trackingCode)
            json.field("carrier", shipment.carrier)
            json.array("events", shipment.events) { json, event in
                json.field("status", event.status.rawValue)
                json.field("at", event.at)
            }
        }
    }
}
