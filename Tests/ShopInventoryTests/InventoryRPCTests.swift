internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRPC
internal import ShopContracts
internal import ShopContractsRPC
internal import Testing

@testable internal import ShopInventory

@Suite("Inventory over gRPC", .timeLimit(.minutes(5))) struct InventoryRPCTests {
    private func getStock(_ room: StockRoom, _ products: [String]) async throws -> GetStockReply {
        let exchange = RPCExchange()
        let telemetry = Telemetry.silent(service: "inventory", world: room.world)
        let host = RPCHost(
            [RPCService(InventoryRPC(find: FindStock(database: room.database)))], on: exchange, telemetry: telemetry)
        let channel = RPCChannel(
            to: "inventory", on: exchange, policies: PolicyRegistry(world: room.world),
            telemetry: telemetry.renamed("catalog"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await host.run() }
            while !host.isRunning { await Task.yield() }
            defer { group.cancelAll() }
            return try await channel.unary(.getStock, GetStockRequest { $0.productIds = products }, room.context)
        }
    }

    @Test("one answer for each ID, in the order asked, unknown ones as well")
    func levels() async throws {
        let room = try await StockRoom(stock: ["apple": 10, "pear": 2])
        _ = try await room.reserve("o1", [("apple", 3)])
        let reply = try await getStock(room, ["pear", "zebra", "apple", "pear"])
        #expect(reply.levels.map(\.productID) == ["pear", "zebra", "apple", "pear"])
        #expect(reply.levels.map(\.found) == [true, false, true, true])
        #expect(reply.levels.map(\.available) == [2, 0, 7, 2])
        #expect(reply.levels.map(\.reserved) == [0, 0, 3, 0])
    }

    @Test("none and more than a hundred IDs are refused", arguments: [0, 101])
    func bounds(count: Int) async throws {
        let room = try await StockRoom()
        let error = await #expect(throws: ServiceError.self) {
            _ = try await getStock(room, Array(repeating: "apple", count: count))
        }
        #expect(error?.kind == .invalid)
    }
}
