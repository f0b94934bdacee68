internal import FlotillaCore
internal import ShopContracts
internal import Testing

@testable internal import ShopInventory

/// Whatever happens, no piece appears or is lost.
@Suite("Conservation of stock") struct ConservationTests {
    @Test("random commands keep what is on hand, reserved and gone in balance", arguments: 1...6 as ClosedRange<UInt64>)
    func randomCommands(seed: UInt64) async throws {
        let random = SeededRandom(seed: seed)
        let products = ["a", "b", "c", "d"]
        var counted = ["a": 30, "b": 8, "c": 1, "d": 0]
        let room = try await StockRoom(stock: counted, seed: seed)
        for step in 0..<300 {
            let order = "o\(random.int(in: 0...25))"
            switch random.int(in: 0...9) {
            case 0...4:
                let lines = (0..<random.int(in: 1...3)).map { _ in
                    (products[random.int(in: 0...3)], random.int(in: 1...4))
                }
                _ = try await room.reserve(order, lines)
            case 5, 6: _ = try await room.commit(order)
            case 7, 8: _ = try await room.release(order)
            default:
                // A count adds or removes pieces; the books begin anew from it.
                let product = products[random.int(in: 0...3)]
                let before = try await room.stock(product)
                let found = before.reserved + random.int(in: 0...20)
                _ = try await room.count(product, onHand: found)
                counted[product, default: 0] += found - before.onHand
            }
            guard step % 10 == 9 else { continue }
            let reserved = try await room.pieces(in: .reserved)
            let committed = try await room.pieces(in: .committed)
            for product in products {
                let stock = try await room.stock(product)
                #expect(stock.reserved == reserved[product, default: 0], "step \(step)")
                #expect(stock.onHand + committed[product, default: 0] == counted[product], "step \(step)")
                #expect((0...stock.onHand).contains(stock.reserved), "step \(step)")
            }
        }
    }
}
