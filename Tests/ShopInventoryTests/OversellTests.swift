internal import FlotillaCore
internal import ShopContracts
internal import Testing

@testable internal import ShopInventory

@Suite("Overselling", .timeLimit(.minutes(5))) struct OversellTests {
    @Test("300 orders at once for 100 pieces: 100 get one")
    func concurrentReservations() async throws {
        let room = try await StockRoom(stock: ["apple": 100])
        let replies = try await withThrowingTaskGroup(of: StockRoom.Reply.self) { group in
            for order in 0..<300 {
                group.addTask { try await room.reserve("o\(order)", [("apple", 1)]).reply }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(replies.count { $0 == .reserved(["apple": 1]) } == 100)
        #expect(replies.count { $0 == .failed(reason: "sold-out", product: "apple") } == 200)
        #expect(try await room.stock("apple") == ProductStock(productID: "apple", onHand: 100, reserved: 100))
    }

    @Test("the same command many times at once keeps the items once")
    func concurrentDuplicates() async throws {
        let room = try await StockRoom(stock: ["apple": 100])
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    let reply = try await room.reserve("o1", [("apple", 3)]).reply
                    #expect(reply == .reserved(["apple": 3]))
                }
            }
        }
        #expect(try await room.stock("apple").reserved == 3)
    }

    @Test("orders that are reserved, paid and given up at once leave the books right", arguments: [1, 2])
    func mixed(seed: UInt64) async throws {
        let products = ["apple", "fig", "pear"]
        let room = try await StockRoom(stock: ["apple": 40, "fig": 25, "pear": 60], seed: seed)
        let random = SeededRandom(seed: seed)
        let plans = (0..<120).map { _ in
            (first: random.int(in: 0...2), quantity: random.int(in: 1...3), ending: random.int(in: 0...2))
        }
        try await withThrowingDiscardingTaskGroup { group in
            for (order, plan) in plans.enumerated() {
                group.addTask {
                    let lines = [(products[plan.first], plan.quantity), (products[(plan.first + 1) % 3], 1)]
                    guard case .reserved = try await room.reserve("o\(order)", lines).reply else { return }
                    if plan.ending == 0 { _ = try await room.commit("o\(order)") }
                    if plan.ending == 1 { _ = try await room.release("o\(order)") }
                }
            }
        }
        let reserved = try await room.pieces(in: .reserved)
        let committed = try await room.pieces(in: .committed)
        for (product, counted) in [("apple", 40), ("fig", 25), ("pear", 60)] {
            let stock = try await room.stock(product)
            #expect(stock.reserved == reserved[product, default: 0])
            #expect(stock.onHand + committed[product, default: 0] == counted)
            #expect(stock.available >= 0)
        }
    }
}
