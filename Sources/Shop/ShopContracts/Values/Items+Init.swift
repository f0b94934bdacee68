public import FlotillaCore

extension ItemQuantity {
    /// - Parameter quantity: from 1 to 99.
    public init(productID: String, quantity: Int) {
        self.init()
        self.productID = productID
        self.quantity = Int32(clamping: quantity)
    }
}

extension PricedItem {
    /// - Parameters:
    ///   - quantity: from 1 to 99.
    ///   - unitPrice: of one piece.
    public init(productID: String, name: String, quantity: Int, unitPrice: Money) {
        self.init()
        self.productID = productID
        self.name = name
        self.quantity = Int32(clamping: quantity)
        self.unitPrice = MoneyValue(unitPrice)
    }

    /// What the whole line costs.
    public var lineTotal: Money { unitPrice.money * Int(quantity) }

    /// The line without its name and price.
    public var itemQuantity: ItemQuantity { ItemQuantity(productID: productID, quantity: Int(quantity)) }
}
