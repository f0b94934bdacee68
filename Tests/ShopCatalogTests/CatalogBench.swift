internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopCatalog

/// The demo catalog, running.
func withCatalog<Value: Sendable>(_ body: (ServiceBench) async throws -> Value) async throws -> Value {
    try await ServiceBench.run(CatalogService(products: DemoCatalog.products()), body)
}

let admin = Principal(id: "user-root", role: .admin)

/// The IDs of a list, in order.
func ids(_ answer: JSONValue) -> [String] {
    (answer["items"]?.array ?? []).compactMap { $0["id"]?.string }
}

/// Walks through all pages of a query.
func allPages(_ target: String, of bench: ServiceBench) async throws -> [[String]] {
    var pages: [[String]] = []
    var cursor: String?
    repeat {
        let separator = target.contains("?") ? "&" : "?"
        let (status, answer) = try await bench.call(.get, target + (cursor.map { "\(separator)cursor=\($0)" } ?? ""))
        guard status == 200 else { throw ServiceError(.internal, "status", "answered \(status)") }
        pages.append(ids(answer))
        cursor = answer["nextCursor"]?.string
    } while cursor != nil && pages.count < 100
    return pages
}
