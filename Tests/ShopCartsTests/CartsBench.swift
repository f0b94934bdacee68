internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaRPC
internal import FlotillaRuntime
internal import FlotillaStorage
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopCarts
internal import ShopContracts
internal import ShopContractsRPC
internal import Synchronization
internal import Testing

/// Carts, running beside a catalog that says what the test wants and can be taken away.
struct CartsBench: Sendable {
    let bench: ServiceBench
    let catalog: CatalogDouble
    let exchange: RPCExchange

    static func run<Value: Sendable>(
        settings: ServiceSettings = ServiceSettings(), _ body: (CartsBench) async throws -> Value
    ) async throws -> Value {
        let blueprint = ServiceBesideDouble(CartsService())
        return try await ServiceBench.run(blueprint, settings: settings) { bench in
            let exchange = try #require(blueprint.exchange)
            return try await body(CartsBench(bench: bench, catalog: CatalogDouble(), exchange: exchange))
        }
    }

    /// Runs `body` while the catalog can be called.
    func withCatalog<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let host = RPCHost(
            [RPCService(catalog)], on: exchange, telemetry: .silent(service: "catalog", world: bench.world))
        return try await whileRunning([{ try await host.run() }]) {
            try await host.waitUntilRunning()
            return try await body()
        }
    }

    /// A new guest's cart.
    func guestCart() async throws -> String {
        let (status, cart) = try await bench.call(.post, "/api/v1/carts")
        #expect(status == 201)
        return try #require(cart["id"]?.string)
    }

    @discardableResult
    func put(
        _ product: String, _ quantity: Int64, in cart: String, as principal: Principal? = nil
    ) async throws -> (status: Int, json: JSONValue) {
        try await bench.call(
            .put, "/api/v1/carts/\(cart)/items/\(product)", ["quantity": .integer(quantity)], as: principal)
    }

    func get(_ cart: String, as principal: Principal? = nil) async throws -> (status: Int, json: JSONValue) {
        try await bench.call(.get, "/api/v1/carts/\(cart)", as: principal)
    }
}

let ada = Principal(id: "user-ada", role: .customer)
let grace = Principal(id: "user-grace", role: .customer)

/// What is in a cart: `product × quantity`.
func contents(_ cart: JSONValue) -> [String] {
    (cart["items"]?.array ?? []).map { item in
        "\(item["productId"]?.string ?? "?") × \(item["quantity"]?.integer ?? 0)"
    }
}

/// A catalog of what the test puts into it.
final class CatalogDouble: CatalogServing {
    private let products = Mutex<[String: ProductSummary]>([:])

    init() {
        for number in 1...60 { offer("prod-\(number)", at: Int64(number) * 100) }
    }

    func offer(_ id: String, at price: Int64, currency: String = "USD", inStock: Bool = true) {
        let product = ProductSummary {
            $0.productID = id
            $0.found = true
            $0.name = "Product \(id)"
            $0.price = MoneyValue(Money(amount: price, currency: currency))
            $0.inStock = inStock
        }
        products.withLock { $0[id] = product }
    }

    func withdraw(_ id: String) { products.withLock { $0[id] = nil } }

    func getProducts(request: GetProductsRequest, context: RPCServerContext) async throws -> GetProductsReply {
        let known = products.withLock { $0 }
        return GetProductsReply { reply in
            reply.products = request.productIds.map { id in known[id] ?? ProductSummary { $0.productID = id } }
        }
    }
}
