internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaStorage
internal import HTTPTypes
internal import Testing

extension WholeShop.DegradedModesTests {
    private static let away: SQL = "ALTER TABLE product_search RENAME TO product_search_away"
    private static let back: SQL = "ALTER TABLE product_search_away RENAME TO product_search"

    /// The index of words is a part of Catalog and cannot be stopped by itself, so it is taken away beneath it.
    @Test("without the search index there are lists: of the category that was named, else of all, and they say so")
    func searchAway() async throws {
        try await RunningShop.run { shop in
            let database = try Database(
                path: "\(shop.folder.data)/catalog/catalog.sqlite", migrations: [], world: .system())
            defer { database.close() }
            let all = try await shop.client.get("/api/v1/products?limit=5").expecting(200)
            let before = try await shop.client.get("/api/v1/products?q=lighting&limit=5").expecting(200)
            #expect(before.json["degraded"] == nil)

            _ = try await database.write { try $0.execute(Self.away) }
            let listed = try await shop.client.get("/api/v1/products?q=lantern&limit=5").expecting(200)
            #expect(listed.json["degraded"]?.string == "search-unavailable")
            #expect(listed.json["total"] == all.json["total"])
            #expect(listed.json["items"]?.array?.count == 5)
            let cursor = try listed.string("nextCursor")
            let next = try await shop.client.get("/api/v1/products?q=lantern&limit=5&cursor=\(cursor)")
                .expecting(200)
            #expect(next.json["items"]?[0]?["id"] != listed.json["items"]?[0]?["id"])
            let named = try await shop.client.get("/api/v1/products?q=lighting&limit=5").expecting(200)
            let categories = Set((named.json["items"]?.array ?? []).compactMap { $0["category"]?.string })
            #expect(categories == ["lighting"])
            #expect(named.json["degraded"]?.string == "search-unavailable")
            let suggested = try await shop.client.get("/api/v1/products/suggest?q=lan").expecting(200)
            #expect(suggested.json["suggestions"]?.array?.isEmpty == true)
            #expect(suggested.json["degraded"]?.string == "search-unavailable")
            // What needs no words is as ever.
            let plain = try await shop.client.get("/api/v1/products?limit=5").expecting(200)
            #expect(plain.json["degraded"] == nil)

            _ = try await database.write { try $0.execute(Self.back) }
            let again = try await shop.client.get("/api/v1/products?q=lantern&limit=5").expecting(200)
            #expect(again.json["degraded"] == nil)
            #expect(again.json["total"]?.integer ?? 0 < all.json["total"]?.integer ?? 0)
        }
    }
}
