internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import ShopContracts
internal import Testing

@testable internal import ShopInventory

@Suite("Seeding and orphans") struct HousekeepingTests {
    @Test("seeding again changes nothing and tells nothing")
    func seedTwice() async throws {
        let room = try await StockRoom(stock: ["apple": 10])
        _ = try await room.reserve("o1", [("apple", 3)])
        let seed = SeedStock(database: room.database, outbox: room.outbox, world: room.world, events: room.events)
        let before = room.outbox.lastSequence
        #expect(try await seed([OpeningStock(productID: "apple", onHand: 99)], room.context) == 0)
        #expect(room.outbox.lastSequence == before)
        #expect(try await room.stock("apple") == ProductStock(productID: "apple", onHand: 10, reserved: 3))
        #expect(try await seed([OpeningStock(productID: "pear", onHand: 2)], room.context) == 1)
    }

    @Test("more products than fit one transaction are all seeded")
    func seedMany() async throws {
        let room = try await StockRoom()
        let levels = (0..<1_234).map { OpeningStock(productID: ProductID(unchecked: "p\($0)"), onHand: $0) }
        let seed = SeedStock(database: room.database, outbox: room.outbox, world: room.world, events: room.events)
        #expect(try await seed(levels, room.context) == 1_234)
        #expect(try await room.stock("p1233").available == 1_233)
    }

    @Test("what was kept longer than the age is released, younger and paid reservations stay")
    func orphans() async throws {
        let room = try await StockRoom(stock: ["apple": 20])
        _ = try await room.reserve("old", [("apple", 2)])
        _ = try await room.reserve("paid", [("apple", 3)])
        _ = try await room.commit("paid")
        room.time.advance(by: .seconds(3 * 24 * 3600))
        _ = try await room.reserve("young", [("apple", 4)])
        let release = ReleaseOrphans(
            database: room.database, outbox: room.outbox, world: room.world,
            release: ReleaseStock(events: room.events))
        #expect(try await release(room.context) == 0)
        room.time.advance(by: .seconds(5 * 24 * 3600))
        #expect(try await release(room.context) == 1)
        #expect(try await release(room.context) == 0)
        #expect(try await room.stock("apple") == ProductStock(productID: "apple", onHand: 17, reserved: 4))
        let told = try await room.outbox.read(after: 0, limit: 100).map(\.message).filter {
            $0.type == ItemsReleased.messageType
        }
        #expect(told.map(\.subject) == ["old"])
        #expect(told.map(\.saga) == [""])
        #expect(try await room.reserve("old", [("apple", 2)]).reply == .failed(reason: "released", product: ""))
    }

    @Test("more orphans than one transaction takes are all released in one run")
    func manyOrphans() async throws {
        let room = try await StockRoom(stock: ["apple": 500])
        for order in 0..<250 { _ = try await room.reserve("o\(order)", [("apple", 1)]) }
        room.time.advance(by: .seconds(8 * 24 * 3600))
        let release = ReleaseOrphans(
            database: room.database, outbox: room.outbox, world: room.world,
            release: ReleaseStock(events: room.events))
        #expect(try await release(room.context) == 250)
        #expect(try await room.stock("apple").reserved == 0)
    }
}
