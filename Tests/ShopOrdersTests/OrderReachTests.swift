internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopOrders

@Suite("Whose orders somebody sees") struct OrderReachTests {
    @Test("customers their own, support those of its region, managers and admins all; in lists and one by one")
    func reach() async throws {
        try await OrdersBench.run { orders in
            let european = try await orders.place(as: .ada)
            let american = try await orders.place(as: .grace)
            let nowhere = try await orders.place(as: Principal(id: "ivan", role: .customer))
            let helpers = try await orders.place(as: .nobodysHelp)
            let all = [helpers, nowhere, american, european]
            let expected: [(Principal, [String])] = [
                (.ada, [european]), (.grace, [american]), (.linus, [european]), (.nobodysHelp, [helpers]),
                (.mary, all), (.root, all),
                (Principal(id: "sam", role: .support, region: "us"), [american]),
                (Principal(id: "users", role: .service, region: "eu"), []),
            ]
            for (principal, visible) in expected {
                #expect(Set(try await orders.listed(as: principal)) == Set(visible), "\(principal)")
                for order in all {
                    for path in ["", "/events"] {
                        let answer = try await orders.bench.call(.get, "/api/v1/orders/\(order)\(path)", as: principal)
                        #expect(answer.status == (visible.contains(order) ? 200 : 404), "\(principal) \(path)")
                    }
                }
            }
        }
    }

    @Test("support cancels in its region only; elsewhere there is no such order")
    func cancel() async throws {
        try await OrdersBench.run { orders in
            let european = try await orders.placeAndReserve(as: .ada)
            let american = try await orders.placeAndReserve(as: .grace)
            #expect(try await orders.bench.call(.post, "/api/v1/orders/\(american)/cancel", as: .linus).status == 404)
            #expect(try await orders.bench.call(.post, "/api/v1/orders/\(european)/cancel", as: .linus).status == 202)
            #expect(try await orders.bench.call(.post, "/api/v1/orders/\(american)/cancel", as: .mary).status == 202)
        }
    }

    @Test("lists go page by page, newest first, whoever looks", arguments: [Principal.ada, .linus, .root])
    func pages(principal: Principal) async throws {
        try await OrdersBench.run { orders in
            var placed: [String] = []
            for number in 0..<7 {
                let order = try await orders.place(as: .ada)
                placed.append(order)
                if number.isMultiple(of: 3) { _ = try await orders.place(as: .grace) }
                // IDs are made in the order of time.
                orders.bench.time.advance(by: .milliseconds(5))
            }
            var seen: [String] = []
            var cursor = ""
            repeat {
                let answer = try await orders.bench.call(
                    .get, "/api/v1/orders?limit=3\(cursor.isEmpty ? "" : "&cursor=\(cursor)")", as: principal)
                let page = (answer.json["items"]?.array ?? []).compactMap { $0["id"]?.string }
                #expect(page.count <= 3)
                seen += page
                cursor = answer.json["nextCursor"]?.string ?? ""
            } while !cursor.isEmpty && seen.count < 20
            #expect(seen == seen.sorted(by: >))
            #expect(seen.filter(placed.contains) == placed.reversed())
            #expect(seen.count == (principal == .root ? 10 : 7))
        }
    }
}
