internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import ShopContracts
internal import Testing

@testable internal import ShopInventory

@Suite("What is told about the stock") struct StockEventsTests {
    @Test("a sale is not told, selling out is, and being there again")
    func crossingZero() async throws {
        let room = try await StockRoom(stock: ["apple": 3])
        #expect(try await room.reserve("o1", [("apple", 1)]).messages.isEmpty)
        let last = try await room.reserve("o2", [("apple", 2)])
        #expect(try last.stockChanged.map(\.available) == [0])
        #expect(try last.stockChanged.map(\.productID) == ["apple"])
        #expect(try await room.commit("o1").messages.isEmpty)
        #expect(try await room.release("o2").stockChanged.map(\.available) == [2])
        #expect(try await room.release("o1").messages.isEmpty)
    }

    @Test("low stock is told once on the way down, and again after it was high")
    func low() async throws {
        let room = try await StockRoom(stock: ["apple": 10], lowThreshold: 5)
        #expect(try await room.reserve("o1", [("apple", 4)]).stockLow.isEmpty)
        let crossing = try await room.reserve("o2", [("apple", 2)])
        #expect(try crossing.stockLow.map(\.available) == [4])
        #expect(try crossing.stockLow.map(\.threshold) == [5])
        #expect(try await room.reserve("o3", [("apple", 1)]).stockLow.isEmpty)
        // Three are left and four come back: above the threshold again, and then on it.
        #expect(try await room.release("o1").stockLow.isEmpty)
        #expect(try await room.reserve("o4", [("apple", 2)]).stockLow.map(\.available) == [5])
    }

    @Test("what is told about a product belongs to no saga; the reply belongs to the command's")
    func sagaMarks() async throws {
        let room = try await StockRoom(stock: ["apple": 1], lowThreshold: 5)
        let answer = try await room.reserve("o1", [("apple", 1)])
        #expect(answer.messages.map(\.saga) == [""])
        #expect(answer.messages.map(\.subject) == ["apple"])
    }

    @Test("an order that could not be had tells nothing, although it took something for a moment")
    func refused() async throws {
        let room = try await StockRoom(stock: ["apple": 1, "pear": 0], lowThreshold: 5)
        #expect(try await room.reserve("o1", [("apple", 1), ("pear", 1)]).messages.isEmpty)
    }

    @Test("a count is told, and takes the place of what was on hand")
    func counted() async throws {
        let room = try await StockRoom(stock: ["apple": 10], lowThreshold: 5)
        _ = try await room.reserve("o1", [("apple", 2)])
        let stock = try await room.count("apple", onHand: 6)
        #expect(stock == ProductStock(productID: "apple", onHand: 6, reserved: 2))
        let sent = try await room.outbox.read(after: 0, limit: 100).map(\.message)
        let changed = try sent.filter { $0.type == StockChanged.messageType }
            .map { try StockChanged(messageBytes: $0.data) }
        // The opening and the count.
        #expect(changed.map(\.available) == [10, 4])
        #expect(sent.count { $0.type == StockLow.messageType } == 1)
    }

    @Test("a count below what is kept for orders is refused and changes nothing")
    func belowReserved() async throws {
        let room = try await StockRoom(stock: ["apple": 10])
        _ = try await room.reserve("o1", [("apple", 4)])
        let error = await #expect(throws: ServiceError.self) { _ = try await room.count("apple", onHand: 3) }
        #expect(error?.slug == "below-reserved")
        #expect(error?.kind == .conflict)
        #expect(try await room.stock("apple").onHand == 10)
        #expect(try await room.count("apple", onHand: 4).available == 0)
    }
}
