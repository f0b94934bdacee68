internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import FlotillaRuntime
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopInventory

/// The whole service in a fleet: messages over outbox, broker and consumer, requests with real tokens.
@Suite("Inventory as a service", .timeLimit(.minutes(5))) struct InventoryServiceTests {
    private static let service = InventoryService(
        openingStock: [OpeningStock(productID: "apple", onHand: 10), OpeningStock(productID: "pear", onHand: 0)])
    private static let admin = Principal(id: "root", role: .admin)
    private static let customer = Principal(id: "ada", role: .customer)

    private func reserve(_ bench: ServiceBench, _ order: String, _ quantity: Int) async throws {
        let command = ReserveItems {
            $0.orderID = order
            $0.lines = [ItemQuantity(productID: "apple", quantity: quantity)]
        }
        try await bench.send(command, subject: order, saga: "checkout-\(order)#0")
    }

    @Test("commands are answered with their saga's mark, repeated ones with the same answer")
    func checkout() async throws {
        try await InventoryBench.run(Self.service) { bench in
            try await reserve(bench, "o1", 4)
            try await reserve(bench, "o1", 4)
            try await bench.send(CommitItems { $0.orderID = "o1" }, subject: "o1", saga: "checkout-o1#2")
            try await eventually("the items are committed") {
                try await bench.received(ItemsCommitted.self).count == 1
            }
            let messages = try await bench.received()
            #expect(messages.filter { $0.type == ItemsReserved.messageType }.map(\.saga)
                == ["checkout-o1#0", "checkout-o1#0"])
            #expect(messages.first { $0.type == ItemsCommitted.messageType }?.saga == "checkout-o1#2")
            #expect(messages.first { $0.type == ItemsCommitted.messageType }?.subject == "o1")
            let (status, json) = try await bench.call(.get, "/api/v1/inventory/apple")
            #expect(status == 200)
            #expect(json["available"]?.integer == 6)
        }
    }

    @Test("what is reserved survives a restart")
    func restart() async throws {
        let folder = try TemporaryFolder()
        try await InventoryBench.run(Self.service, in: folder) { bench in
            try await reserve(bench, "o1", 4)
            try await eventually("the items are kept") { try await !bench.received(ItemsReserved.self).isEmpty }
        }
        try await InventoryBench.run(Self.service, in: folder) { bench in
            let (_, json) = try await bench.call(.get, "/api/v1/inventory/apple")
            #expect(json["reserved"]?.integer == 4)
            #expect(json["available"]?.integer == 6)
        }
    }

    @Test("anybody may ask for the stock; an unknown product is not found")
    func get() async throws {
        try await InventoryBench.run(Self.service) { bench in
            let (status, json) = try await bench.call(.get, "/api/v1/inventory/pear")
            #expect(status == 200)
            #expect(json["productId"]?.string == "pear")
            #expect(json["available"]?.integer == 0)
            #expect(json["reserved"]?.integer == 0)
            #expect(try await bench.call(.get, "/api/v1/inventory/zebra").status == 404)
            #expect(try await bench.call(.get, "/api/v1/inventory/no%20id").status == 404)
        }
    }

    @Test("only an admin counts, and not below what is kept for orders")
    func put() async throws {
        try await InventoryBench.run(Self.service) { bench in
            let path = "/api/v1/inventory/apple"
            #expect(try await bench.call(.put, path, ["onHand": 20]).status == 401)
            #expect(try await bench.call(.put, path, ["onHand": 20], as: Self.customer).status == 403)
            let (status, json) = try await bench.call(.put, path, ["onHand": 20], as: Self.admin)
            #expect(status == 200)
            #expect(json["available"]?.integer == 20)
            try await reserve(bench, "o1", 5)
            try await eventually("the items are kept") { try await !bench.received(ItemsReserved.self).isEmpty }
            let refused = try await bench.call(.put, path, ["onHand": 4], as: Self.admin)
            #expect(refused.status == 409)
            #expect(refused.json["type"]?.string == "/problems/below-reserved")
            #expect(try await bench.call(.put, "/api/v1/inventory/new", ["onHand": 7], as: Self.admin).status == 200)
            #expect(try await bench.call(.get, "/api/v1/inventory/new").json["available"]?.integer == 7)
            try await eventually("the counts are told") {
                // Two at the opening, one by each count.
                try await bench.received(StockChanged.self).map(\.available) == [10, 0, 20, 7]
            }
        }
    }

    @Test(
        "a count that is none is refused with the field",
        arguments: [
            ["onHand": -1], ["onHand": 1.5], ["onHand": "7"], [:], ["onHand": 7, "on_hand": 7],
            ["onHand": 1_000_000_001],
        ] as [JSONValue])
    func invalid(body: JSONValue) async throws {
        try await InventoryBench.run(Self.service) { bench in
            let (status, json) = try await bench.call(.put, "/api/v1/inventory/apple", body, as: Self.admin)
            #expect(status == 422)
            #expect(json["errors"] != nil)
        }
    }
}
