import Foundation

/// The customers: prepares them, lets them loose, and gathers what they saw.
struct LoadRun {
    let port: Int
    let customers: Int
    let ordersEach: Int
    let looksEach: Int

    func run() throws -> LoadFigures {
        let root = try RawClient(port: port)
        let token = try root.field(
            "accessToken", of: root.send("POST", "/api/v1/sessions", BenchShop.signIn("root@shop.example")))
        for number in 1...BenchShop.products {
            let path = "/api/v1/inventory/\(BenchShop.product(number))"
            _ = try root.send("PUT", path, #"{"onHand": 1000000}"#, token: token)
        }
        var crowd: [RawCustomer] = []
        for number in 0..<customers {
            crowd.append(try RawCustomer(number: number, client: RawClient(port: port)))
        }
        try together(crowd) { try $0.placeOrders(5, round: "warm-up") }
        for customer in crowd { customer.reset() }
        var figures = LoadFigures()
        let checkout = Usage.now()
        try together(crowd) { [ordersEach] in try $0.placeOrders(ordersEach, round: "measured") }
        figures.checkout = Usage.now().since(checkout)
        let browsing = Usage.now()
        try together(crowd) { [looksEach] in try $0.look(looksEach) }
        figures.browsing = Usage.now().since(browsing)
        for customer in crowd {
            figures.posts.add(customer.posts)
            figures.orders.add(customer.orders)
            figures.looks.add(customer.looks)
        }
        return figures
    }

    private func together(_ crowd: [RawCustomer], _ work: @escaping @Sendable (RawCustomer) throws -> Void) throws {
        let group = DispatchGroup()
        for customer in crowd {
            group.enter()
            Thread.detachNewThread {
                do { try work(customer) } catch { customer.failure = error }
                group.leave()
            }
        }
        group.wait()
        for customer in crowd { if let failure = customer.failure { throw failure } }
    }
}

/// One customer with a connection of its own. Used by one thread at a time, which `LoadRun` waits for.
final class RawCustomer: @unchecked Sendable {
    private let client: RawClient
    private let accessToken: String
    private let paymentToken: String
    private let product: String
    private(set) var posts: [Double] = []
    private(set) var orders: [Double] = []
    private(set) var looks: [Double] = []
    var failure: (any Error)?

    init(number: Int, client: RawClient) throws {
        let email = "bench\(number)@shop.example"
        self.client = client
        _ = try client.send("POST", "/api/v1/users", BenchShop.registration(email))
        accessToken = try client.field(
            "accessToken", of: client.send("POST", "/api/v1/sessions", BenchShop.signIn(email)))
        paymentToken = try client.field(
            "token", of: client.send("POST", "/api/v1/payment-tokens", BenchShop.card, token: accessToken))
        product = BenchShop.product(number % BenchShop.products + 1)
    }

    func reset() { (posts, orders) = ([], []) }

    func placeOrders(_ count: Int, round: String) throws {
        let body = BenchShop.order(of: product, with: paymentToken)
        for number in 0..<count {
            let start = Usage.now().seconds
            let answer = try client.send("POST", "/api/v1/orders", body, token: accessToken, key: "\(round)-\(number)")
            posts.append(Usage.now().seconds - start)
            let id = try client.field("id", of: answer)
            let events = try client.send("GET", "/api/v1/orders/\(id)/stream", nil, token: accessToken)
            guard events.contains(#""status":"completed""#) else { throw BenchFailure("order \(id): \(events)") }
            orders.append(Usage.now().seconds - start)
        }
    }

    func look(_ count: Int) throws {
        for _ in 0..<count {
            let start = Usage.now().seconds
            _ = try client.send("GET", "/api/v1/products/\(product)", nil)
            looks.append(Usage.now().seconds - start)
        }
    }
}
