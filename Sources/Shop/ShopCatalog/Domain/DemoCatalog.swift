internal import FlotillaCore
internal import ShopContracts

/// The products of the demonstration: the same ones, in the same order, every time.
public enum DemoCatalog {
    /// The categories there are products in.
    public static var categories: [String] { DemoDepartment.all.map(\.category) }

    /// All of them, `prod-0001` first: each family of goods in three variants.
    ///
    /// About one in twenty is sold out, one in eleven nearly so; `prod-0001` to `prod-0009` are well stocked.
    public static func products() -> [DemoProduct] {
        var products: [DemoProduct] = []
        for department in DemoDepartment.all {
            for goods in department.goods {
                let group = "group-" + padded(products.count / 3 + 1, to: 2)
                for variant in department.variants {
                    products.append(make(goods, variant, of: department, group: group, number: products.count + 1))
                }
            }
        }
        return products
    }

    private static let makers = [
        "Northquay", "Salter & Reed", "Tidewright", "Ostler", "Marram", "Fairlead", "Kelpworks",
    ]

    private static func make(
        _ goods: DemoDepartment.Goods, _ variant: DemoDepartment.Variant, of department: DemoDepartment,
        group: String, number: Int
    ) -> DemoProduct {
        let id = ProductID(unchecked: "prod-" + padded(number, to: 4))
        // A generator of its own for each product: adding one changes no other.
        let random = SeededRandom(seed: UInt64(number))
        // Prices end in whole half dollars.
        let amount = (goods.price * Int64(variant.pricePercent) / 100 + 25) / 50 * 50
        let hasReviews = number % 17 != 0
        return DemoProduct(
            Product(
                id: id, group: group, name: "\(goods.name), \(variant.name)",
                details: "\(goods.sentence) \(variant.sentence)", category: department.category,
                price: Money(amount: amount, currency: "USD"),
                attributes: [
                    Product.Attribute(name: "brand", value: makers[(number - 1) / 3 % makers.count]),
                    Product.Attribute(name: department.attribute, value: variant.name.lowercased()),
                ],
                images: [Product.drawnPicture(of: id)],
                rating: hasReviews
                    ? Product.Rating(hundredths: random.int(in: 340...495), reviewCount: random.int(in: 3...240))
                    : Product.Rating()),
            openingStock: stock(number, random))
    }

    private static func stock(_ number: Int, _ random: SeededRandom) -> Int {
        if number < 10 { return 250 }
        if number % 19 == 0 { return 0 }
        if number % 11 == 0 { return random.int(in: 2...6) }
        return random.int(in: 20...250)
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
