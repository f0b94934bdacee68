internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import FlotillaRPC
internal import FlotillaRuntime
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import ShopContractsRPC
internal import Testing

@Suite("Carts and the other services")
struct CartMessageTests {
    private func order(_ cart: String, _ user: String, _ items: [(String, Int)]) -> OrderCreated {
        OrderCreated {
            $0.orderID = "order-1"
            $0.userID = user
            $0.cartID = cart
            $0.lines = items.map { id, quantity in
                PricedItem(
                    productID: id, name: id, quantity: quantity, unitPrice: Money(amount: 100, currency: "USD"))
            }
        }
    }

    @Test("an order takes what was ordered out of the cart, and leaves what came in since then")
    func checkedOut() async throws {
        try await CartsBench.run { carts in
            try await carts.withCatalog {
                let (_, mine) = try await carts.put("prod-1", 2, in: "mine", as: ada)
                try await carts.put("prod-2", 3, in: "mine", as: ada)
                try await carts.put("prod-3", 1, in: "mine", as: ada)
                let id = try #require(mine["id"]?.string)
                try await carts.bench.send(order(id, ada.id, [("prod-1", 2), ("prod-2", 1)]), subject: "order-1")
                try await eventually("the cart was checked out") {
                    try await carts.bench.received(CartCheckedOut.self).count == 1
                }
                #expect(contents(try await carts.get("mine", as: ada).json) == ["prod-2 × 2", "prod-3 × 1"])
                let event = try #require(try await carts.bench.received(CartCheckedOut.self).first)
                #expect(event.cartID == id)
                #expect(event.userID == ada.id)
                #expect(event.orderID == "order-1")
                #expect(event.lines.map(\.quantity) == [2, 1])
            }
        }
    }

    @Test("an order without a cart, or with somebody else's, touches no cart")
    func notTheirs() async throws {
        try await CartsBench.run { carts in
            try await carts.withCatalog {
                let (_, mine) = try await carts.put("prod-1", 2, in: "mine", as: ada)
                let id = try #require(mine["id"]?.string)
                let guest = try await carts.guestCart()
                try await carts.put("prod-1", 2, in: guest)
                try await carts.bench.send(order("", ada.id, [("prod-1", 2)]), subject: "order-1")
                try await carts.bench.send(order(id, grace.id, [("prod-1", 2)]), subject: "order-1")
                try await carts.bench.send(order("../x", grace.id, [("prod-1", 2)]), subject: "order-1")
                // Handled in order: when this one has an effect, the others had theirs.
                try await carts.bench.send(order(guest, grace.id, [("prod-1", 2)]), subject: "order-1")
                try await eventually("the guest's cart was checked out") {
                    try await contents(carts.get(guest).json).isEmpty
                }
                #expect(contents(try await carts.get("mine", as: ada).json) == ["prod-1 × 2"])
            }
        }
    }

    @Test("carts nobody touches expire, and those with something in them are announced")
    func expiry() async throws {
        let settings = ServiceSettings(durations: ["expiryAge": .seconds(36_000), "expiryInterval": .seconds(60)])
        try await CartsBench.run(settings: settings) { carts in
            try await carts.withCatalog {
                let old = try await carts.guestCart()
                try await carts.put("prod-4", 2, in: old)
                let empty = try await carts.guestCart()
                // Hours before the young one's turn: the clock goes on while the service is at work.
                carts.bench.time.advance(by: .seconds(35_900))
                let young = try await carts.guestCart()
                try await carts.put("prod-1", 1, in: young)
                try await carts.bench.advance(until: "the old cart expired", step: .seconds(10)) {
                    try await carts.bench.received(CartExpired.self).count == 1
                }
                #expect(try await carts.get(old).status == 404)
                #expect(try await carts.get(empty).status == 404)
                #expect(try await carts.get(young).status == 200)
                let event = try #require(try await carts.bench.received(CartExpired.self).first)
                #expect(event.cartID == old)
                #expect(event.lines.map(\.quantity) == [2])
            }
        }
    }

    @Test("another service reads a cart for its user only")
    func rpc() async throws {
        try await CartsBench.run { carts in
            try await carts.withCatalog {
                let world = carts.bench.world
                let channel = RPCChannel(
                    to: "carts", on: carts.exchange, policies: PolicyRegistry(world: world),
                    telemetry: .silent(service: "orders", world: world))
                func read(_ cart: String, _ user: String) async throws -> CartSnapshot {
                    try await channel.unary(
                        .getCart, GetCartRequest { $0.cartID = cart; $0.userID = user },
                        .root(world, timeout: .seconds(5)))
                }
                let (_, mine) = try await carts.put("prod-4", 2, in: "mine", as: ada)
                let id = try #require(mine["id"]?.string)
                let snapshot = try await read("mine", ada.id)
                #expect(snapshot.cartID == id)
                #expect(snapshot.userID == ada.id)
                #expect(snapshot.lines.map(\.lineTotal.amount) == [800])
                #expect(snapshot.subtotal.amount == 800)
                #expect(try await read(id, ada.id) == snapshot)
                for (cart, user) in [(id, grace.id), (id, ""), ("mine", ""), ("cart-none", ada.id), ("a b", ada.id)] {
                    do {
                        _ = try await read(cart, user)
                        Issue.record("\(cart) was shown to '\(user)'")
                    } catch let error as ServiceError {
                        #expect(error.slug == "cart-not-found")
                    }
                }
            }
        }
    }
}
