internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaRuntime
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopCatalog
internal import ShopContracts
internal import Testing

@Suite("One product")
struct ProductTests {
    private static let kayak: JSONValue = [
        "productGroup": "kayaks", "name": "Kelp Kayak, Two Seats", "description": "Folds into a bag.",
        "category": "outdoor", "price": ["amount": 89_900, "currency": "USD"], "attributes": ["colour": "kelp"],
    ]

    @Test("it is shown with all its fields, and not again to who has it already")
    func entityTag() async throws {
        try await withCatalog { bench in
            let response = try await bench.respond(to: Request(.get, "/api/v1/products/prod-0001"))
            let product = try JSONValue(parsing: try await response.collect())
            #expect(product["name"]?.string == "Harbour Reading Lamp, Brass")
            #expect(product["price"]?["amount"]?.integer == 8_900)
            #expect(product["attributes"]?["material"]?.string == "brass")
            #expect(product["images"]?[0]?.string == "/api/v1/products/prod-0001/picture")
            let tag = try #require(response.headers[.eTag])
            let again = try await bench.respond(
                to: Request(.get, "/api/v1/products/prod-0001", headers: [.ifNoneMatch: tag]))
            #expect(again.status.code == 304)
            #expect(try await again.collect().isEmpty)
        }
    }

    @Test("one that does not exist is not found", arguments: ["prod-9999", "a%20b", "suggest2"])
    func unknown(id: String) async throws {
        try await withCatalog { bench in
            let (status, _) = try await bench.call(.get, "/api/v1/products/\(id)")
            #expect(status == 404)
        }
    }

    @Test("the drawn picture is the same every time and different for another product")
    func picture() async throws {
        try await withCatalog { bench in
            let pictures = try await ["prod-0001", "prod-0001", "prod-0100"].asyncMap { id in
                let response = try await bench.respond(to: Request(.get, "/api/v1/products/\(id)/picture"))
                #expect(response.headers[.contentType] == "image/svg+xml")
                return try await response.collect()
            }
            #expect(pictures[0] == pictures[1])
            #expect(pictures[0] != pictures[2])
        }
    }

    @Test("an administrator adds a product, which can be found at once; doing it again changes nothing")
    func put() async throws {
        try await withCatalog { bench in
            let path = "/api/v1/products/kayak-1"
            #expect(try await bench.call(.put, path, Self.kayak, as: admin).status == 201)
            #expect(try await bench.call(.put, path, Self.kayak, as: admin).status == 200)
            let (_, found) = try await bench.call(.get, "/api/v1/products?q=kayak")
            #expect(ids(found) == ["kayak-1"])
            try await eventually("the product was published") {
                try await bench.received(ProductCreated.self).contains { $0.productID == "kayak-1" }
            }
            #expect(try await bench.received(ProductUpdated.self).isEmpty)
        }
    }

    @Test("another price is published as such, another name as an update; rating and stock stay")
    func change() async throws {
        try await withCatalog { bench in
            let (_, old) = try await bench.call(.get, "/api/v1/products/prod-0001")
            let same: JSONValue = [
                "productGroup": "group-01", "name": "Harbour Reading Lamp, Brass",
                "description": old["description"] ?? "", "category": "lighting",
                "price": ["amount": 7_900, "currency": "USD"], "attributes": old["attributes"] ?? [:],
            ]
            var body = try #require(same.object)
            let path = "/api/v1/products/prod-0001"
            let (status, repriced) = try await bench.call(.put, path, .object(body), as: admin)
            #expect(status == 200)
            #expect(repriced["price"]?["amount"]?.integer == 7_900)
            #expect(repriced["reviewCount"] == old["reviewCount"])
            body["name"] = "Quay Reading Lamp, Brass"
            #expect(try await bench.call(.put, path, .object(body), as: admin).status == 200)
            try await eventually("both changes were published") {
                try await bench.received(ProductUpdated.self).count == 1
            }
            let prices = try await bench.received(PriceChanged.self)
            #expect(prices.map(\.oldPrice.amount) == [8_900])
            #expect(prices.map(\.newPrice.amount) == [7_900])
            let (_, byOldName) = try await bench.call(.get, "/api/v1/products?q=harbour%20reading%20brass")
            #expect(!ids(byOldName).contains("prod-0001"))
        }
    }

    @Test("only managers and administrators may change the catalog")
    func access() async throws {
        try await withCatalog { bench in
            let path = "/api/v1/products/kayak-1"
            let (anonymous, _) = try await bench.call(.put, path, Self.kayak)
            #expect(anonymous == 401)
            let (customer, _) = try await bench.call(
                .put, path, Self.kayak, as: Principal(id: "user-1", role: .customer))
            #expect(customer == 403)
        }
    }
}

@Suite("What Catalog hears and starts with")
struct CatalogMessageTests {
    @Test("the stock badge follows Inventory, and filters by it follow the badge")
    func badge() async throws {
        try await withCatalog { bench in
            func isInStock() async throws -> Bool? {
                try await bench.call(.get, "/api/v1/products/prod-0002").json["inStock"]?.bool
            }
            #expect(try await isInStock() == false)
            try await bench.send(StockChanged { $0.productID = "prod-0002"; $0.available = 3 }, subject: "prod-0002")
            try await eventually("the badge was set") { try await isInStock() == true }
            #expect(ids(try await bench.call(.get, "/api/v1/products?inStock=true").json) == ["prod-0002"])
            try await bench.send(StockChanged { $0.productID = "prod-0002"; $0.available = 0 }, subject: "prod-0002")
            try await eventually("the badge was taken away") { try await isInStock() == false }
        }
    }

    @Test("stock that is known before the product is not forgotten")
    func earlyBadge() async throws {
        try await withCatalog { bench in
            try await bench.send(StockChanged { $0.productID = "kayak-1"; $0.available = 3 }, subject: "kayak-1")
            // Handled in order: when the second one has an effect, the first one had its own.
            try await bench.send(StockChanged { $0.productID = "prod-0002"; $0.available = 3 }, subject: "prod-0002")
            try await eventually("the second message was handled") {
                try await bench.call(.get, "/api/v1/products/prod-0002").json["inStock"]?.bool == true
            }
            let body: JSONValue = [
                "name": "Kelp Kayak", "description": "Folds.", "category": "outdoor",
                "price": ["amount": 1, "currency": "USD"],
            ]
            let (_, kayak) = try await bench.call(.put, "/api/v1/products/kayak-1", body, as: admin)
            #expect(kayak["inStock"]?.bool == true)
        }
    }

    @Test("starting again on the same data adds nothing and publishes nothing")
    func restart() async throws {
        try await withCatalog { bench in
            let count = DemoCatalog.products().count
            try await eventually("the products were published") {
                try await bench.received(ProductCreated.self).count == count
            }
            try await bench.fleet.stop("catalog")
            try await bench.fleet.start("catalog")
            #expect(try await bench.call(.get, "/api/v1/products").json["total"]?.integer == Int64(count))
            await settle()
            #expect(try await bench.received(ProductCreated.self).count == count)
        }
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
