internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaTesting
internal import HTTPTypes
internal import Testing

@Suite("Prices in a cart")
struct PriceTests {
    @Test("a price that changed is shown when the cart is read, and remembered")
    func refreshed() async throws {
        try await CartsBench.run { carts in
            let id = try await carts.withCatalog {
                let id = try await carts.guestCart()
                try await carts.put("prod-5", 2, in: id)
                carts.catalog.offer("prod-5", at: 450, inStock: false)
                let (_, cart) = try await carts.get(id)
                #expect(cart["total"]?["amount"]?.integer == 900)
                #expect(cart["items"]?[0]?["inStock"]?.bool == false)
                return id
            }
            // Catalog is away: the last known price is the one read, not the one the product was put in at.
            let (status, cart) = try await carts.get(id)
            #expect(status == 200)
            #expect(cart["total"]?["amount"]?.integer == 900)
            #expect(cart["pricesCurrent"]?.bool == false)
        }
    }

    @Test("while Catalog is away lines can change and go, but nothing new comes in")
    func away() async throws {
        try await CartsBench.run { carts in
            let id = try await carts.withCatalog {
                let id = try await carts.guestCart()
                try await carts.put("prod-5", 2, in: id)
                try await carts.put("prod-6", 2, in: id)
                return id
            }
            let (status, changed) = try await carts.put("prod-5", 3, in: id)
            #expect(status == 200)
            #expect(changed["pricesCurrent"]?.bool == false)
            #expect(contents(changed) == ["prod-5 × 3", "prod-6 × 2"])
            let response = try await carts.put("prod-8", 1, in: id)
            #expect(response.status == 503)
            #expect(response.json["type"]?.string == "/problems/price-unavailable")
            let (_, shorter) = try await carts.bench.call(.delete, "/api/v1/carts/\(id)/items/prod-6")
            #expect(contents(shorter) == ["prod-5 × 3"])
        }
    }

    @Test("a product that is not sold any more stays in the cart, out of stock")
    func withdrawn() async throws {
        try await CartsBench.run { carts in
            try await carts.withCatalog {
                let id = try await carts.guestCart()
                try await carts.put("prod-5", 1, in: id)
                carts.catalog.withdraw("prod-5")
                let (_, cart) = try await carts.get(id)
                #expect(contents(cart) == ["prod-5 × 1"])
                #expect(cart["items"]?[0]?["inStock"]?.bool == false)
                #expect(cart["items"]?[0]?["unitPrice"]?["amount"]?.integer == 500)
            }
        }
    }
}
