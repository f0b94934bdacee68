internal import FlotillaCore
internal import FlotillaStorage
internal import ShopContracts

/// Where carts are kept. Every operation is part of the caller's transaction.
protocol CartStore: Sendable {
    func find(_ id: CartID, in transaction: Transaction) throws -> Cart?
    func find(ownedBy user: UserID, in transaction: Transaction) throws -> Cart?

    /// Keeps the cart as it is now. A user has at most one.
    ///
    /// - Parameter now: nil when it was not its user who changed it; then its age goes on.
    func save(_ cart: Cart, touchedAt now: Timestamp?, in transaction: Transaction) throws
    func delete(_ id: CartID, in transaction: Transaction) throws

    /// Carts nobody has changed since `time`, the oldest first.
    func untouched(since time: Timestamp, limit: Int, in transaction: Transaction) throws -> [Cart]
}

extension CartStore {
    /// The cart somebody speaks of; nil when there is none or it is not theirs.
    func find(_ reference: CartReference, in transaction: Transaction) throws -> Cart? {
        switch reference {
        case .mine(let user): return try find(ownedBy: user, in: transaction)
        case .id(let id, let asker):
            guard let cart = try find(id, in: transaction), cart.isOpen(to: asker) else { return nil }
            return cart
        }
    }

    /// The cart somebody speaks of, to be changed; a user's own is made where there is none.
    ///
    /// - Throws: `cart-not-found`.
    func open(_ reference: CartReference, _ newID: CartID, in transaction: Transaction) throws -> Cart {
        if let cart = try find(reference, in: transaction) { return cart }
        guard case .mine(let user) = reference else { throw CartError.notFound }
        return Cart(id: newID, owner: user)
    }
}
