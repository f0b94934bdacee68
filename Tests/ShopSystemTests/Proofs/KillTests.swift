internal import FlotillaCore
internal import FlotillaHTTP
internal import Foundation
internal import Synchronization
internal import Testing

extension WholeShop {
    @Suite("power cuts")
    struct KillTests {
        /// How much is done; fewer of both for a quick look.
        private static let orders = number("SHOP_TEST_KILL_ORDERS", 500)
        private static let kills = number("SHOP_TEST_KILLS", 10)

        private static func number(_ variable: String, _ standard: Int) -> Int {
            ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? standard
        }

        @Test("ten kills while 500 orders are placed lose no order, charge none twice and leave none hanging")
        func kills() async throws {
            try await TestFolder.with { folder in
                try await RemoteConnections.with(connectTimeout: .seconds(60)) { connections in
                    let first = try await ShopProcess(in: folder, run: "run-0")
                    let customer = try await first.client(connections).newCustomer()
                    let products = try await customer.products(20)
                    let root = try await first.client(connections).administrator()
                    for product in products { try await root.count(product.id, as: Self.orders) }
                    let token = try await customer.cardToken()
                    let progress = Progress()

                    let last = try await withThrowingTaskGroup(of: ShopProcess?.self) { group in
                        group.addTask {
                            let ids = try await inParallel(Self.orders, width: 8) { index in
                                let product = products[index % products.count].id
                                return try await Self.place(product, "order-\(index)", token, customer, progress)
                            }
                            #expect(Set(ids).count == Self.orders)
                            return nil
                        }
                        group.addTask { try await Self.killAndRestart(first, in: folder, progress) }
                        var last: ShopProcess?
                        while let result = try await group.next() { last = result ?? last }
                        return last
                    }
                    let shop = try #require(last)
                    // Every kill was noticed by somebody who was ordering.
                    #expect(progress.interruptions >= Self.kills)
                    try await Self.seeAllEnd(customer, progress.accepted)
                    try await Self.seeAllPaid(customer, progress.accepted, products.map(\.price))
                    try await shop.kill()
                }
                let books = try await ProviderBooks.read(folder)
                #expect(books.entries.filter { $0.status == "captured" }.count == Self.orders)
            }
        }

        /// Sends an order until it is accepted, as a client does that does not know what became of its request.
        private static func place(
            _ product: String, _ key: String, _ token: String, _ customer: ShopClient, _ progress: Progress
        ) async throws -> String {
            try await wait(until: "\(key) was accepted", within: .seconds(120), every: .milliseconds(50)) {
                do {
                    let reply = try await customer.placeOrder(product, token: token, key: key)
                    // 503: the Shop is open but one of its services is still on its way up.
                    guard try reply.expecting(202, 503).status == 202 else { return nil }
                    let id = try reply.string("id")
                    progress.add(id)
                    return id
                } catch is ServiceError {
                    progress.noteInterruption()
                    return nil
                }
            }
        }

        /// Kills the Shop after every so many orders, in the middle of the next ones.
        private static func killAndRestart(
            _ first: ShopProcess, in folder: TestFolder, _ progress: Progress
        ) async throws -> ShopProcess {
            var shop = first
            for kill in 1...Self.kills {
                let mark = Self.orders * kill / (Self.kills + 1)
                _ = try await wait(
                    until: "\(mark) orders were accepted", within: .seconds(120), every: .milliseconds(2)
                ) { () -> Bool? in
                    progress.accepted.count >= mark ? true : nil
                }
                try await shop.kill()
                shop = try await ShopProcess(in: folder, after: shop, run: "run-\(kill)")
            }
            return shop
        }

        private static func seeAllEnd(_ customer: ShopClient, _ accepted: [String]) async throws {
            let known = try await wait(
                until: "every accepted order had ended", within: .seconds(30), every: .milliseconds(200)
            ) { () -> [String: String]? in
                var statuses: [String: String] = [:]
                var cursor = ""
                repeat {
                    let page = try await customer.get("/api/v1/orders?limit=100\(cursor)").expecting(200).json
                    for order in page["items"]?.array ?? [] {
                        statuses[order["id"]?.string ?? ""] = order["status"]?.string
                    }
                    cursor = page["nextCursor"]?.string.map { "&cursor=\($0)" } ?? ""
                } while !cursor.isEmpty
                return statuses.values.allSatisfy { terminalStatuses.contains($0) } ? statuses : nil
            }
            #expect(known.count == Self.orders)
            #expect(accepted.allSatisfy { known[$0] == "completed" })
        }

        private static func seeAllPaid(
            _ customer: ShopClient, _ accepted: [String], _ prices: [Int64]
        ) async throws {
            let paid = try await inParallel(accepted.count, width: 8) { index in
                let payments = try await customer.payments(of: accepted[index])
                #expect(payments.map(\.status) == ["captured"], "order \(accepted[index])")
                return payments.reduce(0) { $0 + $1.amount }
            }
            let wanted = (0..<Self.orders).reduce(Int64(0)) { $0 + prices[$1 % prices.count] }
            #expect(paid.reduce(0, +) == wanted)
        }
    }

    /// The orders accepted so far, and how often a client found nobody at the other end.
    private final class Progress: Sendable {
        private let state = Mutex<(ids: [String], interruptions: Int)>(([], 0))
        var accepted: [String] { state.withLock { $0.ids } }
        var interruptions: Int { state.withLock { $0.interruptions } }
        func add(_ id: String) { state.withLock { $0.ids.append(id) } }
        func noteInterruption() { state.withLock { $0.interruptions += 1 } }
    }
}
