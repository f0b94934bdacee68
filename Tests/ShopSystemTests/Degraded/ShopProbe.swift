internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

/// What a customer may want of the Shop at any time, each a single call.
enum ShopProbe: String, CaseIterable, Sendable {
    /// The list of products that was shown before.
    case list
    /// A search nobody made before.
    case search
    /// The page of a product that was shown before, and its picture.
    case page
    /// The page of a product that nobody has looked at yet.
    case newPage
    case stock
    case cart
    /// Another quantity of what is in the cart.
    case cartLine
    /// Something that is not in the cart yet.
    case newCartLine
    case order
    case orderOfCart
    case oldOrder
    case oldOrderDetails
    case payments
    case shipments
    case notifications
    case card
    case profile
    case signIn
    case ready

    /// Whether it asks a service for what is the caller's own.
    var isRead: Bool {
        [.cart, .oldOrder, .payments, .shipments, .notifications].contains(self)
    }

    /// What is answered while all is well.
    var usual: String {
        switch self {
        case .order, .orderOfCart: "202"
        case .card: "201"
        case .ready: "200 healthy"
        default: "200"
        }
    }
}

/// A customer with a past: an order that has ended, something in the cart, products looked at.
struct RegularCustomer: Sendable {
    let client: ShopClient
    let email: String
    let card: String
    let oldOrder: String
    /// Plenty of each; the first is in the cart, the second was looked at, the last ones never.
    let products: [String]

    init(of shop: RunningShop) async throws {
        email = "\(shop.client.world.ids.make().lowercased())@shop.example"
        try await shop.client.call(
            .post, "/api/v1/users", ["email": .string(email), "password": "a long enough password", "name": "Regular"]
        ).expecting(201)
        client = try await shop.client.signedIn(as: email, password: "a long enough password")
        products = try await client.products(40).map(\.id)
        card = try await client.cardToken()
        oldOrder = try await client.placeOrder(products[1], token: card).expecting(202).string("id")
        #expect(try await client.watch(oldOrder).last == "completed")
    }

    /// Puts one of the first product into the cart, and looks at what will be looked at again.
    ///
    /// - Returns: the cart's ID.
    func prepare() async throws -> String {
        // Who missed Catalog asks again after a while: the breaker's, up to four seconds.
        let cart = try await wait(until: "a cart can be filled") { () -> String? in
            let reply = try await client.call(.put, "/api/v1/carts/mine/items/\(products[0])", ["quantity": 1])
            return reply.status == 200 ? try reply.string("id") : nil
        }
        for path in [Self.list, page(1), page(1) + "/picture"] { try await client.get(path).expecting(200) }
        // A service that has started again has to have seen a token while Users, whose keys it needs, is there.
        for probe in ShopProbe.allCases where probe.isRead { _ = try await reply(to: probe, round: 19, cart: "") }
        return cart
    }

    /// What became of the probe; an accepted order's ID goes to `orders`.
    ///
    /// - Parameter round: 0 to 18; each has a product page of its own that nobody has seen.
    func answer(to probe: ShopProbe, round: Int, cart: String, orders: inout [String]) async throws -> String {
        let reply = try await reply(to: probe, round: round, cart: cart)
        if probe == .order || probe == .orderOfCart, reply.status == 202 { orders.append(try reply.string("id")) }
        if probe == .page, reply.status == 200 { try await client.get(page(1) + "/picture").expecting(200) }
        return Self.short(reply, probe)
    }

    private static let list = "/api/v1/products?inStock=true&limit=40"

    private func page(_ index: Int) -> String { "/api/v1/products/\(products[index])" }

    private func reply(to probe: ShopProbe, round: Int, cart: String) async throws -> Reply {
        switch probe {
        case .list: try await client.get(Self.list)
        case .search: try await client.get("/api/v1/products?q=lantern&limit=\(round + 1)")
        case .page: try await client.get(page(1))
        case .newPage: try await client.get(page(20 + round))
        case .stock: try await client.get("/api/v1/inventory/\(products[1])")
        case .cart: try await client.get("/api/v1/carts/mine")
        case .cartLine:
            try await client.call(.put, "/api/v1/carts/mine/items/\(products[0])", ["quantity": 2])
        case .newCartLine:
            try await client.call(.put, "/api/v1/carts/mine/items/\(products[2 + round])", ["quantity": 1])
        case .order: try await client.placeOrder(products[1], token: card)
        case .orderOfCart:
            try await client.placeOrder(
                ["cartId": .string(cart), "shippingAddress": ShopClient.address, "paymentToken": .string(card)])
        case .oldOrder: try await client.get("/api/v1/orders/\(oldOrder)")
        case .oldOrderDetails: try await client.get("/api/v1/orders/\(oldOrder)/details")
        case .payments: try await client.get("/api/v1/payments?orderId=\(oldOrder)")
        case .shipments: try await client.get("/api/v1/shipments?orderId=\(oldOrder)")
        case .notifications: try await client.get("/api/v1/notifications")
        case .card: try await client.call(.post, "/api/v1/payment-tokens", TestCard.body(TestCard.paid))
        case .profile: try await client.get("/api/v1/users/me")
        case .signIn:
            try await client.bearing(nil).call(
                .post, "/api/v1/sessions", ["email": .string(email), "password": "a long enough password"])
        case .ready: try await client.get("/health/ready")
        }
    }

    /// The status, and what is said beside it: an old answer, parts that are missing, prices of yesterday.
    ///
    /// Whoever is told to come back later has to be told when: else there is a `!`.
    private static func short(_ reply: Reply, _ probe: ShopProbe) -> String {
        var words = [String(reply.status)]
        if let problem = reply.problem { words.append(problem) }
        if reply.status == 503, reply.headers[.retryAfter].flatMap({ Int($0) }) ?? 0 < 1, probe != .ready {
            words.append("!")
        }
        if reply.headers[.age] != nil { words.append("old") }
        if reply.json["pricesCurrent"] == false { words.append("known-prices") }
        let missing = (reply.json["partial"]?.array ?? []).compactMap(\.string)
        if !missing.isEmpty { words.append("without-" + missing.joined(separator: "-")) }
        if probe == .ready, let status = reply.json["status"]?.string { words.append(status) }
        return words.joined(separator: " ")
    }
}
