public import ShopContracts

extension ProductID: @retroactive ExpressibleByStringLiteral {
    /// So that tests can write products as they are.
    public init(stringLiteral text: String) { self.init(unchecked: text) }
}
