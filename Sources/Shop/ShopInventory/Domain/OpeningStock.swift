public import ShopContracts

/// What there is of a product when the Shop opens for the first time.
public struct OpeningStock: Sendable, Hashable {
    /// The product; it need not be in the catalog yet.
    public var productID: ProductID
    /// Pieces on hand, 0 to 1,000,000,000.
    public var onHand: Int

    /// - Parameter onHand: 0 to 1,000,000,000.
    public init(productID: ProductID, onHand: Int) {
        precondition((0...ProductStock.onHandMax).contains(onHand), "a stock is 0 to \(ProductStock.onHandMax)")
        self.productID = productID
        self.onHand = onHand
    }
}
