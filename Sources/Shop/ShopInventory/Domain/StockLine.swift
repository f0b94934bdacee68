internal import FlotillaCore
internal import ShopContracts

/// So many pieces of one product, each product once per order.
struct StockLine: Sendable, Hashable {
    /// Products an order can name; Orders takes 50.
    static let linesMax = 100
    /// Pieces one line of a command may ask for.
    static let quantities: ClosedRange<Int32> = 1...99

    var productID: ProductID
    var quantity: Int

    /// The lines of a command with each product once, in the order of product IDs.
    ///
    /// The order is the same for everybody, so that on an engine with row locks two orders for the
    /// same products never wait for each other in a circle.
    ///
    /// - Returns: nil when there is no line, too many, or one without a product or a sensible quantity.
    static func merged(_ items: [ItemQuantity]) -> [StockLine]? {
        guard (1...linesMax).contains(items.count) else { return nil }
        var lines: [StockLine] = []
        for item in items.sorted(by: { $0.productID < $1.productID }) {
            guard let productID = ProductID(item.productID), quantities.contains(item.quantity) else { return nil }
            if lines.last?.productID == productID {
                lines[lines.count - 1].quantity += Int(item.quantity)
            } else {
                lines.append(StockLine(productID: productID, quantity: Int(item.quantity)))
            }
        }
        return lines
    }

    /// The line as it travels in a message.
    var item: ItemQuantity { ItemQuantity(productID: productID.text, quantity: quantity) }
}
