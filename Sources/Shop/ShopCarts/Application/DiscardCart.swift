internal import FlotillaCore
internal import FlotillaStorage

/// Throws a cart away.
struct DiscardCart: Sendable {
    let database: Database
    let store: any CartStore

    /// - Throws: `cart-not-found`; never for a user's own cart, which may just as well not be there.
    func callAsFunction(_ reference: CartReference) async throws {
        try await database.write { [store] transaction in
            if let cart = try store.find(reference, in: transaction) {
                try store.delete(cart.id, in: transaction)
            } else if case .id = reference {
                throw CartError.notFound
            }
        }
    }
}
