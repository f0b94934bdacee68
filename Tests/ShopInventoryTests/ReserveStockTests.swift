internal import ShopContracts
internal import Testing

@testable internal import ShopInventory

@Suite("Reserving") struct ReserveStockTests {
    @Test("all lines are kept, a product named twice once with the sum")
    func allLines() async throws {
        let room = try await StockRoom(stock: ["apple": 10, "pear": 4])
        let answer = try await room.reserve("o1", [("pear", 1), ("apple", 2), ("pear", 3)])
        #expect(answer.reply == .reserved(["apple": 2, "pear": 4]))
        #expect(try await room.stock("apple").reserved == 2)
        #expect(try await room.stock("pear") == ProductStock(productID: "pear", onHand: 4, reserved: 4))
    }

    @Test("when one line is sold out nothing is kept of the others")
    func soldOut() async throws {
        let room = try await StockRoom(stock: ["apple": 10, "fig": 5, "pear": 2])
        let answer = try await room.reserve("o1", [("apple", 2), ("pear", 3), ("fig", 1)])
        #expect(answer.reply == .failed(reason: "sold-out", product: "pear"))
        for product in ["apple", "fig", "pear"] { #expect(try await room.stock(product).reserved == 0) }
        #expect(try await room.pieces(in: .reserved).isEmpty)
    }

    @Test("a product nobody has heard of is named")
    func unknownProduct() async throws {
        let room = try await StockRoom(stock: ["apple": 10])
        let answer = try await room.reserve("o1", [("apple", 1), ("zebra", 1)])
        #expect(answer.reply == .failed(reason: "unknown-product", product: "zebra"))
        #expect(try await room.stock("apple").reserved == 0)
    }

    @Test("an order can have the last piece, and no other order after it")
    func lastPiece() async throws {
        let room = try await StockRoom(stock: ["apple": 1])
        #expect(try await room.reserve("o1", [("apple", 1)]).reply == .reserved(["apple": 1]))
        #expect(try await room.reserve("o2", [("apple", 1)]).reply == .failed(reason: "sold-out", product: "apple"))
    }

    @Test("a refusal stays, although there is stock by now")
    func refusalStays() async throws {
        let room = try await StockRoom(stock: ["apple": 1])
        #expect(try await room.reserve("o1", [("apple", 2)]).reply == .failed(reason: "sold-out", product: "apple"))
        _ = try await room.count("apple", onHand: 50)
        #expect(try await room.reserve("o1", [("apple", 2)]).reply == .failed(reason: "sold-out", product: "apple"))
        #expect(try await room.stock("apple").reserved == 0)
    }

    @Test(
        "lines that make no sense are refused, not thrown",
        arguments: [
            [], [("apple", 0)], [("apple", -1)], [("apple", 100)], [("", 1)], [("no id", 1)],
            Array(repeating: ("apple", 1), count: StockLine.linesMax + 1),
        ])
    func invalidLines(lines: [(String, Int)]) async throws {
        let room = try await StockRoom(stock: ["apple": 500])
        #expect(try await room.reserve("o1", lines).reply == .failed(reason: "invalid-lines", product: ""))
        #expect(try await room.stock("apple").reserved == 0)
    }
}
