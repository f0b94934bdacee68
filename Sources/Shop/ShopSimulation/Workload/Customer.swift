internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaSimulation
internal import HTTPTypes
internal import Synchronization

/// A customer with many wishes and little patience.
final class Customer: Sendable {
    private let caller: Caller
    private let shop: SimulatedShop
    private let products: [String]
    private let ledger: ShopLedger
    private let purchases: Int
    private let rushes: [Rush]
    private let duration: Duration
    private let random: any RandomSource
    private let cardTokens = Mutex<[SimulatedCard: String]>([:])

    private static let address: JSONValue = [
        "name": "Ada Lovelace", "line1": "12 Quay Street", "city": "London", "postalCode": "E1 6AN", "country": "GB",
    ]

    init(
        number: Int, shop: SimulatedShop, products: [String], ledger: ShopLedger, purchases: Int, rushes: [Rush],
        duration: Duration
    ) {
        let name = "customer-\(number)"
        caller = Caller(name, shop: shop, email: "\(name)@shop.example", password: "a long enough password")
        self.shop = shop
        self.products = products
        self.ledger = ledger
        self.purchases = purchases
        self.rushes = rushes
        self.duration = duration
        random = SeededRandom(seed: shop.lab.seed &* 1_000 &+ UInt64(number))
    }

    func shopAround() async throws {
        let began = shop.lab.world.time.uptime
        try await caller.register()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.buyNowAndThen() }
            group.addTask { try await self.joinRushes(since: began) }
            for try await _ in group {}
        }
    }

    private func buyNowAndThen() async throws {
        let pause = duration * (1.0 / Double(purchases))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<purchases {
                try await shop.lab.world.time.sleep(for: pause * 2 * random.unit())
                // What comes after a purchase, a cancellation perhaps, does not keep the next one waiting.
                group.addTask { try await self.buy() }
            }
            for try await _ in group {}
        }
    }

    private func joinRushes(since began: Duration) async throws {
        let time = shop.lab.world.time
        try await withThrowingTaskGroup(of: Void.self) { group in
            for rush in rushes {
                try await time.sleep(for: max(.zero, began + rush.begins - time.uptime))
                for _ in 0..<rush.purchases {
                    let moment = Rush.spread * random.unit()
                    group.addTask {
                        try await time.sleep(for: moment)
                        try await self.buy()
                    }
                }
            }
            for try await _ in group {}
        }
    }

    private func buy() async throws {
        // Some only look, and leave a cart behind that expires.
        if chance(0.1) { _ = try await filledCart() }
        let card = drawCard()
        guard let token = try await cardToken(card) else { return }
        let key = shop.lab.world.ids.make()
        let body: JSONValue
        if chance(0.4), let cart = try await filledCart() {
            body = [
                "cartId": .string(cart), "shippingAddress": Self.address, "paymentToken": .string(token),
            ]
        } else {
            body = [
                "items": .array(lines()), "shippingAddress": Self.address, "paymentToken": .string(token),
            ]
        }
        ledger.begin(ShopLedger.Purchase(key: key, customer: caller.name, cards: [card]))
        if chance(0.2) {
            // A double click.
            async let first: Void = place(body, key)
            async let second: Void = place(body, key)
            _ = try await (first, second)
        } else {
            try await place(body, key)
        }
        guard let order = ledger.purchase(key)?.orders.first else { return }
        if chance(0.2) { try await cancel(order, key) }
        if !card.pays, chance(0.5) { try await replaceCard(of: order, key) }
    }

    private func place(_ body: JSONValue, _ key: String) async throws {
        let reply = try await caller.insist(.post, "/orders", body, key: key)
        if reply.status == 202, let order = reply.text("id") {
            ledger.note(key) { $0.orders.insert(order) }
        }
    }

    private func cancel(_ order: String, _ key: String) async throws {
        // Mostly early; some at the moment in which the parcel goes out.
        let first: Duration = chance(0.3) ? .seconds(59) : .zero
        let spread: Duration = first > .zero ? .seconds(4) : .seconds(30)
        try await shop.lab.world.time.sleep(for: first + spread * random.unit())
        ledger.note(key) { $0.isCancelAsked = true }
        _ = try await caller.insist(.post, "/orders/\(order)/cancel", about: order)
    }

    private func replaceCard(of order: String, _ key: String) async throws {
        guard let token = try await cardToken(.paid) else { return }
        // Noted first: an answer that is lost may have had its effect.
        ledger.note(key) { $0.cards.append(.paid) }
        _ = try await caller.insist(
            attempts: 2, .put, "/orders/\(order)/payment-token", ["paymentToken": .string(token)], about: order)
    }

    private func cardToken(_ card: SimulatedCard) async throws -> String? {
        if let known = cardTokens.withLock({ $0[card] }) { return known }
        let reply = try await caller.insist(
            .post, "/payment-tokens",
            ["number": .string(card.rawValue), "expiryMonth": 12, "expiryYear": 2030, "cvc": "123"])
        guard let token = reply.text("token") else { return nil }
        cardTokens.withLock { $0[card] = token }
        return token
    }

    /// - Returns: a guest cart with something in it; nil when the Shop would not have it.
    private func filledCart() async throws -> String? {
        guard let cart = await caller.call(.post, "/carts", [:]).text("id") else { return nil }
        for line in lines() {
            guard let product = line["productId"]?.string, let quantity = line["quantity"] else { continue }
            let reply = try await caller.insist(
                attempts: 3, .put, "/carts/\(cart)/items/\(product)", ["quantity": quantity])
            guard reply.status == 200 else { return nil }
        }
        return cart
    }

    private func lines() -> [JSONValue] {
        var chosen: [String] = []
        for _ in 0...random.int(in: 0...2) {
            // Everybody wants the first ones.
            let draw = random.unit()
            let product = products[Int(draw * draw * Double(products.count))]
            if !chosen.contains(product) { chosen.append(product) }
        }
        return chosen.map { product in
            ["productId": .string(product), "quantity": .integer(Int64(random.int(in: 1...3)))]
        }
    }

    private func drawCard() -> SimulatedCard {
        if chance(0.55) { return .paid }
        let others = SimulatedCard.allCases.dropFirst()
        return others[others.startIndex + random.int(in: 0...(others.count - 1))]
    }

    private func chance(_ share: Double) -> Bool { random.unit() < share }
}
