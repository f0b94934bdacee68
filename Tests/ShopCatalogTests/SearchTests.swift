internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopCatalog
internal import ShopContracts
internal import Testing

@Suite("Finding products")
struct SearchTests {
    private static let count = Int64(DemoCatalog.products().count)

    @Test("the list shows a page, the total and the categories")
    func list() async throws {
        try await withCatalog { bench in
            let (status, answer) = try await bench.call(.get, "/api/v1/products?limit=10")
            #expect(status == 200)
            #expect(ids(answer).count == 10)
            #expect(answer["total"]?.integer == Self.count)
            #expect(answer["nextCursor"]?.string != nil)
            let categories = answer["facets"]?["category"]?.array ?? []
            #expect(Set(categories.compactMap { $0["value"]?.string }) == Set(DemoCatalog.categories))
            #expect(categories.compactMap { $0["count"]?.integer }.reduce(0, +) == Self.count)
        }
    }

    @Test("words are found by their beginnings, in names first")
    func words() async throws {
        try await withCatalog { bench in
            let (_, answer) = try await bench.call(.get, "/api/v1/products?q=table%20lant")
            let names = (answer["items"]?.array ?? []).compactMap { $0["name"]?.string }
            #expect(names.count == 3)
            #expect(names.allSatisfy { $0.hasPrefix("Ember Table Lantern") })
            #expect(answer["correctedQuery"] == nil)
        }
    }

    @Test("a misspelt word is corrected, and the answer says so")
    func misspelt() async throws {
        try await withCatalog { bench in
            let (_, answer) = try await bench.call(.get, "/api/v1/products?q=latnern")
            #expect(answer["correctedQuery"]?.string == "lantern")
            #expect(answer["total"]?.integer == 3)
            let (_, nothing) = try await bench.call(.get, "/api/v1/products?q=xylophone")
            #expect(ids(nothing).isEmpty)
            #expect(nothing["total"]?.integer == 0)
            #expect(nothing["correctedQuery"] == nil)
        }
    }

    @Test("a corrected query has working cursors")
    func correctedPages() async throws {
        try await withCatalog { bench in
            let pages = try await allPages("/api/v1/products?q=latnern&limit=2", of: bench)
            #expect(pages.map(\.count) == [2, 1])
            #expect(Set(pages.joined()).count == 3)
        }
    }

    @Test("words that mean something to the search engine are plain words", arguments: [
        "AND", "NOT%20lamp", "%22", "name:lamp", "*", "lamp*", "(", "NEAR(lamp)", "%27;DROP%20TABLE%20products",
        "^lamp",
    ])
    func operators(text: String) async throws {
        try await withCatalog { bench in
            let (status, _) = try await bench.call(.get, "/api/v1/products?q=\(text)")
            #expect(status == 200)
        }
    }

    @Test("filters hold for every product of the answer, and the total counts the same")
    func filters() async throws {
        try await withCatalog { bench in
            let target = "/api/v1/products?category=kitchen&minPrice=3000&maxPrice=6000&minRating=4&limit=100"
            let (_, answer) = try await bench.call(.get, target)
            let items = answer["items"]?.array ?? []
            #expect(!items.isEmpty)
            #expect(answer["total"]?.integer == Int64(items.count))
            for item in items {
                #expect(item["category"]?.string == "kitchen")
                #expect((3_000...6_000).contains(item["price"]?["amount"]?.integer ?? 0))
                #expect(item["rating"]?.double ?? 0 >= 4)
            }
            let categories = answer["facets"]?["category"]?.array ?? []
            #expect(categories.count > 1, "the category asked for does not hide the others")
        }
    }

    @Test("every order is kept over all pages, without repeats or gaps", arguments: [
        "relevance", "name", "price", "-price", "rating", "newest",
    ])
    func pages(sort: String) async throws {
        try await withCatalog { bench in
            let pages = try await allPages("/api/v1/products?sort=\(sort)&limit=37", of: bench)
            let all = Array(pages.joined())
            #expect(Set(all).count == Int(Self.count))
            #expect(all.count == Int(Self.count))
            var products: [(String, Int64)] = []
            for product in DemoCatalog.products() { products.append((product.id.text, product.price.amount)) }
            let price = Dictionary(uniqueKeysWithValues: products)
            let prices = all.compactMap { price[$0] }
            if sort == "price" { #expect(prices == prices.sorted()) }
            if sort == "-price" { #expect(prices == prices.sorted(by: >)) }
            if sort == "newest" { #expect(all.first == DemoCatalog.products().last?.id.text) }
        }
    }

    @Test("pages of a search with words hang together, too")
    func searchPages() async throws {
        try await withCatalog { bench in
            let (_, whole) = try await bench.call(.get, "/api/v1/products?q=b&limit=100")
            let pages = try await allPages("/api/v1/products?q=b&limit=7", of: bench)
            #expect(Array(pages.joined().prefix(100)) == ids(whole))
            #expect(Int64(Set(pages.joined()).count) == whole["total"]?.integer)
        }
    }

    @Test("a cursor that is none, or of another query, is refused with the field's name")
    func cursors() async throws {
        try await withCatalog { bench in
            let (_, first) = try await bench.call(.get, "/api/v1/products?sort=price&limit=5")
            let cursor = try #require(first["nextCursor"]?.string)
            let bad = [
                "cursor=zz", "cursor=31", "sort=price&cursor=\(cursor)0", "sort=name&cursor=\(cursor)",
                "sort=price&q=lamp&cursor=\(cursor)", "sort=price&inStock=true&cursor=\(cursor)",
            ]
            for query in bad {
                let (status, answer) = try await bench.call(.get, "/api/v1/products?\(query)")
                #expect(status == 422, "\(query)")
                #expect(answer["errors"]?[0]?["field"]?.string == "cursor")
            }
            // Another page size is fine.
            let (status, _) = try await bench.call(.get, "/api/v1/products?sort=price&limit=9&cursor=\(cursor)")
            #expect(status == 200)
        }
    }

    @Test("queries that mean nothing are refused", arguments: [
        "limit=0", "limit=101", "sort=up", "minPrice=-1", "minPrice=9&maxPrice=8", "minRating=6", "inStock=maybe",
        "colour=red", "q=a&q=b",
    ])
    func refused(query: String) async throws {
        try await withCatalog { bench in
            let (status, answer) = try await bench.call(.get, "/api/v1/products?\(query)")
            #expect(status == 422)
            #expect(answer["type"]?.string == "/problems/invalid-input")
        }
    }

    @Test("suggestions complete what is being typed, each once")
    func suggestions() async throws {
        try await withCatalog { bench in
            let (status, answer) = try await bench.call(.get, "/api/v1/products/suggest?q=har")
            let suggestions = (answer["suggestions"]?.array ?? []).compactMap(\.string)
            #expect(status == 200)
            #expect(suggestions.contains("Harbour Reading Lamp, Brass"))
            #expect(Set(suggestions).count == suggestions.count)
            #expect(suggestions.count <= 8)
            let (_, none) = try await bench.call(.get, "/api/v1/products/suggest?q=!")
            #expect(none["suggestions"]?.array?.isEmpty == true)
        }
    }
}
