internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaSimulation
internal import HTTPTypes

/// Those who run the Shop: they count stock, and look after dead letters.
struct Operator: Sendable {
    /// How many pieces of the product everybody wants there are; nobody ever restocks it.
    static let scarceStock: Int64 = 25

    private let caller: Caller
    private let shop: SimulatedShop
    private let products: [String]

    init(shop: SimulatedShop, products: [String]) {
        caller = Caller("root", shop: shop, email: "root@shop.example")
        self.shop = shop
        self.products = products
    }

    /// Makes the product everybody wants scarce.
    func openShop() async throws {
        var isDone = false
        while !isDone {
            let reply = try await caller.insist(
                .put, "/inventory/\(products[0])", ["onHand": .integer(Self.scarceStock)])
            isDone = reply.status == 200
        }
    }

    /// Restocks what is not scarce, changes prices and replays dead letters, now and then.
    func work(for duration: Duration) async throws {
        let end = shop.lab.scheduler.uptime + duration
        while shop.lab.scheduler.uptime < end {
            try await shop.lab.world.time.sleep(for: .seconds(40) * shop.lab.world.random.unit())
            let product = products[2 + shop.lab.world.random.int(in: 0...(products.count - 3))]
            _ = await caller.call(.put, "/inventory/\(product)", ["onHand": 60])
            await changePrice(of: products[shop.lab.world.random.int(in: 0...(products.count - 1))])
            try await Self.replayDeadLetters(shop.lab)
        }
    }

    private func changePrice(of product: String) async {
        let price: JSONValue = [
            "amount": .integer(Int64(shop.lab.world.random.int(in: 5...500)) * 100), "currency": "USD",
        ]
        _ = await caller.call(
            .put, "/products/\(product)",
            [
                "name": .string("Simulated \(product)"), "description": "Its price has changed.",
                "category": "sails", "price": price,
            ])
    }

    static func replayDeadLetters(_ lab: Lab) async throws {
        for service in lab.services {
            guard let consumer = lab.fleet?.consumer(of: service) else { continue }
            do {
                for letter in try await consumer.deadLetters() {
                    lab.trace.note("root", "replays dead letter \(letter.id) of \(service): \(letter.error)")
                    _ = try await consumer.replay(letter.id)
                }
            } catch {
                continue  // The service went away meanwhile; there is a next round.
            }
        }
    }
}
