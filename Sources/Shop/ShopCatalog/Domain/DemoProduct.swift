public import FlotillaCore
public import ShopContracts

/// A product of the demonstration, with the stock to open the Shop with.
public struct DemoProduct: Sendable, Hashable {
    /// `prod-0001` and so on.
    public let id: ProductID
    /// The name with the variant: `Harbour Reading Lamp, Brass`.
    public let name: String
    /// One of ``DemoCatalog/categories``.
    public let category: String
    /// In US dollars.
    public let price: Money
    /// Pieces on hand when the Shop opens, 0 to 250; Inventory is told.
    public let openingStock: Int
    /// The product as Catalog keeps it.
    let product: Product

    init(_ product: Product, openingStock: Int) {
        id = product.id
        name = product.name
        category = product.category
        price = product.price
        self.openingStock = openingStock
        self.product = product
    }
}
