internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Tells how much there is of products, as of the last commit.
struct FindStock: Sendable {
    private let database: Database
    private let stock = StockTable()

    init(database: Database) { self.database = database }

    /// - Throws: `not-found` when the product is not known.
    func callAsFunction(_ productID: ProductID) async throws -> ProductStock {
        guard let found = try await callAsFunction([productID])[0] else { throw ServiceError.notFound("product") }
        return found
    }

    /// One answer for each ID, in their order; nil where the product is not known. All of one moment.
    func callAsFunction(_ productIDs: [ProductID]) async throws -> [ProductStock?] {
        try await database.read { transaction in
            try productIDs.map { try stock.total(of: $0, in: transaction) }
        }
    }
}
