internal import ShopContracts

/// How much there is of a product, over all warehouses.
///
/// Always `0 <= reserved <= onHand`; the schema holds every change to it.
struct ProductStock: Sendable, Hashable {
    /// What one product can have on hand at the most.
    static let onHandMax = 1_000_000_000

    var productID: ProductID
    /// Pieces that lie in the warehouses.
    var onHand: Int
    /// Of those, the pieces kept for orders that are not paid yet.
    var reserved: Int

    /// What can still be sold.
    var available: Int { onHand - reserved }
}
