internal import FlotillaCore
internal import ShopCatalog
internal import ShopContracts
internal import Testing

@Suite("The goods of the demonstration")
struct DemoCatalogTests {
    private let products = DemoCatalog.products()

    @Test("there are at least 200 in at least 8 categories, each with its own ID and name")
    func many() {
        #expect(products.count >= 200)
        #expect(Set(products.map(\.category)).count >= 8)
        #expect(Set(products.map(\.category)) == Set(DemoCatalog.categories))
        #expect(Set(products.map(\.id)).count == products.count)
        #expect(Set(products.map(\.name)).count == products.count)
        #expect(products.first?.id.text == "prod-0001")
    }

    @Test("they are the same every time")
    func same() { #expect(DemoCatalog.products() == products) }

    @Test("prices are plausible, and most but not all can be bought")
    func plausible() {
        #expect(products.allSatisfy { (500...60_000).contains($0.price.amount) && $0.price.currency == "USD" })
        let soldOut = products.count { $0.openingStock == 0 }
        #expect(soldOut > 5 && soldOut < products.count / 10)
        #expect(products.prefix(9).allSatisfy { $0.openingStock == 250 })
    }
}
