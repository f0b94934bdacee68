internal import FlotillaCore
internal import ShopContracts

/// Something that can be bought: one variant, with its own price and stock.
struct Product: Sendable, Hashable {
    /// One property people choose by: `colour`, `moss`.
    struct Attribute: Sendable, Hashable {
        var name: String
        var value: String
    }

    var id: ProductID
    /// What its variants have in common; the product's own ID when it has none.
    var group: String
    var name: String
    var details: String
    var category: String
    var price: Money
    var attributes: [Attribute]
    /// Paths or URLs, the most telling first; never empty.
    var images: [String]
    var rating = Rating()
    /// As Inventory said last.
    var isInStock = false

    /// What buyers think of it.
    struct Rating: Sendable, Hashable {
        /// Hundredths of a star, 100 to 500; 0 without reviews.
        var hundredths = 0
        var reviewCount = 0

        /// Stars, 1 to 5; 0 without reviews.
        var stars: Double { Double(hundredths) / 100 }
    }

    /// Where the drawn picture of a product without photographs is.
    static func drawnPicture(of id: ProductID) -> String { "/api/v1/products/\(id)/picture" }
}
