internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

extension WholeShop {
    /// What still works while one service is away, what is said of the rest, and that nothing is lost (SHOP-13).
    @Suite("degraded modes")
    struct DegradedModesTests {
        @Test("one service away: every call is answered as the table says, and what was accepted is completed later")
        func eachInTurn() async throws {
            try await RunningShop.run { shop in
                let customer = try await RegularCustomer(of: shop)
                // The table tells what is different, so all that is not in it has to be as usual at first.
                let usual = try await self.answers([:], customer, 0, "anything away", try await customer.prepare())
                for order in usual { #expect(try await customer.client.watch(order).last == "completed") }
                for (round, mode) in DegradedMode.all.enumerated() {
                    let cart = try await customer.prepare()
                    try await shop.stop(mode.service)
                    let orders = try await self.answers(mode.changed, customer, round + 1, mode.service, cart)
                    for order in orders {
                        guard let status = mode.ordersWait else { continue }
                        try await customer.client.wait(for: order, toBe: [status])
                    }
                    try await shop.start(mode.service)
                    for order in orders { #expect(try await customer.client.watch(order).last == "completed") }
                    try await self.seeLetters(of: orders, customer)
                }
            }
        }

        /// The customer was told of every order, also of those placed while Notifications was away.
        private func seeLetters(of orders: [String], _ customer: RegularCustomer) async throws {
            for order in orders {
                _ = try await wait(until: "there was a notification of \(order)") { () -> Bool? in
                    let reply = try await customer.client.get("/api/v1/notifications?limit=100").expecting(200)
                    let notices = reply.json["items"]?.array ?? []
                    return notices.contains { $0["orderId"]?.string == order } ? true : nil
                }
            }
        }

        /// - Returns: the orders that were accepted.
        private func answers(
            _ changed: [ShopProbe: String], _ customer: RegularCustomer, _ round: Int, _ away: String, _ cart: String
        ) async throws -> [String] {
            var orders: [String] = []
            for probe in ShopProbe.allCases {
                let answer = try await customer.answer(to: probe, round: round, cart: cart, orders: &orders)
                #expect(answer == changed[probe] ?? probe.usual, "\(probe) without \(away)")
            }
            return orders
        }
    }
}
