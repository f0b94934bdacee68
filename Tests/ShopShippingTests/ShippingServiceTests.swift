internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import FlotillaRuntime
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopShipping

/// The whole service in a fleet: messages over outbox, broker and consumer, timers on the clock, real tokens.
@Suite("Shipping as a service", .timeLimit(.minutes(5))) struct ShippingServiceTests {
    private static let ada = Principal(id: "ada", role: .customer)

    private func schedule(_ bench: ServiceBench, _ order: String) async throws -> ShippingScheduled {
        let command = ScheduleShipping {
            $0.orderID = order
            $0.userID = "ada"
            $0.address.country = "SE"
        }
        try await bench.send(command, subject: order, saga: "checkout-\(order)#2")
        try await eventually("the parcel of \(order) is scheduled") {
            try await bench.received(ShippingScheduled.self).contains { $0.orderID == order }
        }
        return try #require(try await bench.received(ShippingScheduled.self).first { $0.orderID == order })
    }

    @Test("the carrier comes when it is due, and the fleet is told")
    func timers() async throws {
        let settings = ServiceSettings(durations: ["dispatchDelay": .seconds(30), "deliveryDelay": .seconds(60)])
        try await ServiceBench.run(ShippingService(), settings: settings) { bench in
            let start = bench.time.now
            let scheduled = try await schedule(bench, "o1")
            try await bench.advance(until: "the parcel is dispatched", step: .seconds(1)) {
                try await !bench.received(ShipmentDispatched.self).isEmpty
            }
            #expect(bench.time.now - start >= .seconds(30))
            try await bench.advance(until: "the parcel is delivered", step: .seconds(1)) {
                try await !bench.received(ShipmentDelivered.self).isEmpty
            }
            #expect(bench.time.now - start >= .seconds(90))
            let messages = try await bench.received()
            #expect(messages.first { $0.type == ShippingScheduled.messageType }?.saga == "checkout-o1#2")
            // What comes of itself is nobody's answer.
            #expect(messages.first { $0.type == ShipmentDispatched.messageType }?.saga == "")
            let dispatched = try await bench.received(ShipmentDispatched.self)
            #expect(dispatched.map(\.trackingCode) == [scheduled.trackingCode])
            #expect(dispatched.map(\.userID) == ["ada"])
        }
    }

    @Test("a timer that fell due while the service was away is kept")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let time = ManualTime()
        try await ServiceBench.run(ShippingService(), in: folder, time: time) { _ = try await schedule($0, "o1") }
        time.advance(by: ShippingService.defaultDispatchDelay)
        try await ServiceBench.run(ShippingService(), in: folder, time: time) { bench in
            try await bench.advance(until: "the parcel is dispatched", step: .milliseconds(100)) {
                try await !bench.received(ShipmentDispatched.self).isEmpty
            }
        }
    }

    @Test("a cancelled parcel is not dispatched when its time comes")
    func cancelled() async throws {
        try await ServiceBench.run(ShippingService()) { bench in
            _ = try await schedule(bench, "o1")
            _ = try await schedule(bench, "o2")
            try await bench.send(CancelShipping { $0.orderID = "o1" }, subject: "o1", saga: "checkout-o1#2!")
            try await eventually("the parcel is cancelled") {
                try await bench.received(ShippingCancelled.self).map(\.orderID) == ["o1"]
            }
            try await bench.advance(until: "the other parcel is dispatched", step: .seconds(10)) {
                try await !bench.received(ShipmentDispatched.self).isEmpty
            }
            #expect(try await bench.received(ShipmentDispatched.self).map(\.orderID) == ["o2"])
        }
    }

    @Test("a shipment is shown to its customer and to staff, and does not exist for others")
    func access() async throws {
        try await ServiceBench.run(ShippingService()) { bench in
            let scheduled = try await schedule(bench, "o1")
            let path = "/api/v1/shipments/\(scheduled.shipmentID)"
            let (status, json) = try await bench.call(.get, path, as: Self.ada)
            #expect(status == 200)
            #expect(json["id"]?.string == scheduled.shipmentID)
            #expect(json["orderId"]?.string == "o1")
            #expect(json["status"]?.string == "scheduled")
            #expect(json["trackingCode"]?.string == scheduled.trackingCode)
            #expect(json["events"]?.array?.count == 1)
            #expect(json["events"]?.array?.first?["status"]?.string == "scheduled")
            for role in [Principal.Role.support, .admin] {
                #expect(try await bench.call(.get, path, as: Principal(id: "s", role: role)).status == 200)
            }
            #expect(try await bench.call(.get, path).status == 401)
            for role in [Principal.Role.customer, .manager] {
                #expect(try await bench.call(.get, path, as: Principal(id: "eve", role: role)).status == 404)
            }
            #expect(try await bench.call(.get, "/api/v1/shipments/nothing", as: Self.ada).status == 404)
        }
    }

    @Test("the shipments of an order are a list, empty for those who may not see them")
    func list() async throws {
        try await ServiceBench.run(ShippingService()) { bench in
            let scheduled = try await schedule(bench, "o1")
            let path = "/api/v1/shipments?orderId=o1"
            let (status, json) = try await bench.call(.get, path, as: Self.ada)
            #expect(status == 200)
            #expect(json["items"]?.array?.map { $0["id"]?.string } == [scheduled.shipmentID])
            #expect(json["nextCursor"] == .null)
            let eve = try await bench.call(.get, path, as: Principal(id: "eve", role: .customer))
            #expect(eve.status == 200)
            #expect(eve.json["items"]?.array?.isEmpty == true)
            #expect(try await bench.call(.get, "/api/v1/shipments?orderId=o9", as: Self.ada).json["items"]?.array == [])
            #expect(try await bench.call(.get, path).status == 401)
            #expect(try await bench.call(.get, "/api/v1/shipments", as: Self.ada).status == 422)
            #expect(try await bench.call(.get, "/api/v1/shipments?order=o1", as: Self.ada).status == 422)
        }
    }
}
