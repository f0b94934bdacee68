import FlotillaCore
import FlotillaHTTP
import FlotillaObservability
import FlotillaRuntime
import HTTPTypes
import ShopSystem

/// Orders from click to completed without sockets: the services' responders are called directly.
struct DirectCheckoutBenchmark {
    private let customers = 64
    private let ordersEach = 100

    func run(into table: inout FigureTable) async throws {
        let folder = try ScratchFolder()
        let fleet = try BenchShop.fleet(in: folder.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (ready, readySink) = AsyncStream.makeStream(of: Void.self)
            group.addTask { try await fleet.run { readySink.yield() } }
            for await _ in ready { break }
            let shop = DirectShop(fleet: fleet)
            let tokens = try await shop.prepare(customers: customers)
            say("direct: \(customers) customers × \(ordersEach) orders, no sockets")
            _ = try await place(10, shop, tokens, round: "warm-up")
            let start = Usage.now()
            try await place(ordersEach, shop, tokens, round: "measured")
            let used = Usage.now().since(start)
            let count = customers * ordersEach
            table.add("orders completed per second, no sockets", perSecond(count, used), aim: "2,000/s")
            table.add("CPU per 1,000 orders, no sockets", cpuPerThousand(count, used), aim: "0.7 s")
            group.cancelAll()
            while let result = await group.nextResult() { _ = result }
        }
    }

    private func place(
        _ each: Int, _ shop: DirectShop, _ customers: [DirectShop.Customer], round: String
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for customer in customers {
                group.addTask {
                    for number in 0..<each { try await shop.order(customer, key: "\(round)-\(number)") }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// The Shop's services, called without sockets.
struct DirectShop: Sendable {
    struct Customer: Sendable {
        var accessToken: String
        var paymentToken: String
        var product: String
    }

    let fleet: Fleet

    func prepare(customers: Int) async throws -> [Customer] {
        let root = try await text(
            "accessToken", send("users", .post, "/api/v1/sessions", BenchShop.signIn("root@shop.example")))
        for number in 1...BenchShop.products {
            let path = "/api/v1/inventory/\(BenchShop.product(number))"
            _ = try await send("inventory", .put, path, #"{"onHand": 1000000}"#, token: root)
        }
        var result: [Customer] = []
        for number in 0..<customers {
            let email = "bench\(number)@shop.example"
            _ = try await send("users", .post, "/api/v1/users", BenchShop.registration(email))
            let token = try await text("accessToken", send("users", .post, "/api/v1/sessions", BenchShop.signIn(email)))
            let card = try await text(
                "token", send("payments", .post, "/api/v1/payment-tokens", BenchShop.card, token: token))
            let product = BenchShop.product(number % BenchShop.products + 1)
            result.append(Customer(accessToken: token, paymentToken: card, product: product))
        }
        return result
    }

    func order(_ customer: Customer, key: String) async throws {
        let accepted = try await send(
            "orders", .post, "/api/v1/orders", BenchShop.order(of: customer.product, with: customer.paymentToken),
            token: customer.accessToken, key: key)
        let id = try await text("id", accepted)
        let stream = try await send("orders", .get, "/api/v1/orders/\(id)/stream", nil, token: customer.accessToken)
        let events = String(decoding: try await stream.collect(), as: UTF8.self)
        guard events.contains(#""status":"completed""#) else { throw BenchFailure("order \(id): \(events)") }
    }

    private func send(
        _ service: String, _ method: HTTPRequest.Method, _ path: String, _ body: String?, token: String? = nil,
        key: String? = nil
    ) async throws -> Response {
        var headers: HTTPFields = [:]
        if body != nil { headers[.contentType] = "application/json" }
        if let token { headers[.authorization] = "Bearer \(token)" }
        if let key { headers[.idempotencyKey] = key }
        guard let responder = fleet.responder(for: service) else { throw BenchFailure("\(service) is away") }
        let request = Request(method, path, headers: headers, body: Array((body ?? "").utf8))
        let response = await responder.respond(to: request)
        guard response.status.code < 300 else {
            let answer = String(decoding: response.bytes ?? [], as: UTF8.self)
            throw BenchFailure("\(method) \(path): \(response.status) \(answer)")
        }
        return response
    }

    private func text(_ field: String, _ response: Response) async throws -> String {
        guard let text = try JSONValue(parsing: try await response.collect())[field]?.string else {
            throw BenchFailure("no \(field) in the answer")
        }
        return text
    }
}

struct BenchFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
