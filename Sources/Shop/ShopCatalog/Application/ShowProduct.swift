internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Reads products by their IDs.
struct ShowProduct: Sendable {
    let database: Database
    let store: any ProductStore

    /// - Throws: `not-found`.
    func callAsFunction(_ id: ProductID) async throws -> Product {
        guard let product = try await database.read({ try store.find(id, in: $0) }) else {
            throw ServiceError.notFound("product")
        }
        return product
    }

    /// One answer for each ID, in their order; nil for those that are not in the catalog.
    func callAsFunction(_ ids: [ProductID]) async throws -> [Product?] {
        try await database.read { transaction in try ids.map { try store.find($0, in: transaction) } }
    }
}
