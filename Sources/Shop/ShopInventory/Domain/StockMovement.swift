internal import ShopContracts

/// How the amount of a product that can be sold changed.
struct StockMovement: Sendable, Hashable {
    var productID: ProductID
    /// What could be sold before.
    var before: Int
    /// What can be sold now.
    var after: Int

    /// Whether the product sold out with it, or can be bought again.
    var crossesZero: Bool { (before > 0) != (after > 0) }

    /// Whether it went from above `threshold` to it or below: true once on the way down.
    func falls(to threshold: Int) -> Bool { before > threshold && after <= threshold }
}
