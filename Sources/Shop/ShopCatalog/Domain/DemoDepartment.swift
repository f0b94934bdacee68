/// One category of the demonstration: its families of goods, and the variants each comes in.
struct DemoDepartment: Sendable {
    struct Goods: Sendable {
        var name: String
        /// In cents, of the plain variant.
        var price: Int64
        var sentence: String

        init(_ name: String, _ price: Int64, _ sentence: String) {
            self.name = name
            self.price = price
            self.sentence = sentence
        }
    }

    struct Variant: Sendable {
        var name: String
        var pricePercent: Int
        var sentence: String

        init(_ name: String, _ pricePercent: Int, _ sentence: String) {
            self.name = name
            self.pricePercent = pricePercent
            self.sentence = sentence
        }
    }

    var category: String
    /// What the variants differ in: `material`.
    var attribute: String
    var variants: [Variant]
    var goods: [Goods]

    static let all = [
        lighting, kitchen, tableware, bags, stationery, audio, outdoor, textiles, garden, games,
    ]
}
