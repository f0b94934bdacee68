internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaTesting
internal import HTTPTypes
internal import Testing

@Suite("A cart over HTTP")
struct CartTests {
    @Test("a guest fills a cart, changes it and empties it; the sums are right")
    func guest() async throws {
        try await CartsBench.run { carts in
            try await carts.withCatalog {
                let id = try await carts.guestCart()
                try await carts.put("prod-7", 2, in: id)
                let (status, cart) = try await carts.put("prod-3", 1, in: id)
                #expect(status == 200)
                #expect(contents(cart) == ["prod-7 × 2", "prod-3 × 1"])
                #expect(cart["items"]?[0]?["name"]?.string == "Product prod-7")
                #expect(cart["items"]?[0]?["lineTotal"]?["amount"]?.integer == 1_400)
                #expect(cart["subtotal"]?["amount"]?.integer == 1_700)
                #expect(cart["total"] == ["amount": 1_700, "currency": "USD"])
                try await carts.put("prod-7", 99, in: id)
                let (_, changed) = try await carts.bench.call(.delete, "/api/v1/carts/\(id)/items/prod-3")
                #expect(contents(changed) == ["prod-7 × 99"])
                #expect(try await carts.bench.call(.delete, "/api/v1/carts/\(id)").status == 204)
                #expect(try await carts.get(id).status == 404)
            }
        }
    }

    @Test("a new cart says where it is, and no two have the same key")
    func location() async throws {
        try await CartsBench.run { carts in
            let response = try await carts.bench.respond(to: Request(.post, "/api/v1/carts"))
            let cart = try JSONValue(parsing: try await response.collect())
            let id = try #require(cart["id"]?.string)
            #expect(response.headers[.location] == "/api/v1/carts/\(id)")
            #expect(id.utf8.count == 5 + 32)
            #expect(try await carts.guestCart() != id)
        }
    }

    @Test("quantities are 1 to 99", arguments: [0, 100, -1])
    func quantity(_ quantity: Int64) async throws {
        try await CartsBench.run { carts in
            let id = try await carts.guestCart()
            let (status, problem) = try await carts.put("prod-1", quantity, in: id)
            #expect(status == 422)
            #expect(problem["errors"]?[0]?["field"]?.string == "quantity")
        }
    }

    @Test("a cart has at most 50 lines, and lines that are there can still change")
    func full() async throws {
        try await CartsBench.run { carts in
            try await carts.withCatalog {
                let id = try await carts.guestCart()
                for number in 1...50 { #expect(try await carts.put("prod-\(number)", 1, in: id).status == 200) }
                let (status, problem) = try await carts.put("prod-51", 1, in: id)
                #expect(status == 409)
                #expect(problem["type"]?.string == "/problems/cart-full")
                #expect(try await carts.put("prod-50", 9, in: id).status == 200)
            }
        }
    }

    @Test("what does not exist cannot be put in, nor what is sold in another currency")
    func unknown() async throws {
        try await CartsBench.run { carts in
            carts.catalog.offer("prod-far", at: 500, currency: "EUR")
            try await carts.withCatalog {
                let id = try await carts.guestCart()
                #expect(try await carts.put("prod-none", 1, in: id).status == 404)
                #expect(try await carts.put("prod-far", 1, in: id).status == 409)
                #expect(try await carts.put("prod-1", 1, in: "cart-none").status == 404)
                #expect(contents(try await carts.get(id).json).isEmpty)
            }
        }
    }

    @Test("a signed-in caller has one cart, under its ID and as mine; nobody else sees it")
    func mine() async throws {
        try await CartsBench.run { carts in
            try await carts.withCatalog {
                let (status, cart) = try await carts.put("prod-2", 1, in: "mine", as: ada)
                #expect(status == 200)
                let id = try #require(cart["id"]?.string)
                #expect(try await carts.get("mine", as: ada).json["id"]?.string == id)
                #expect(try await carts.bench.call(.post, "/api/v1/carts", as: ada).status == 200)
                #expect(try await carts.get(id, as: ada).status == 200)
                #expect(try await carts.get(id, as: grace).status == 404)
                #expect(try await carts.get(id).status == 404)
                #expect(try await carts.put("prod-2", 1, in: id).status == 404)
                #expect(contents(try await carts.get("mine", as: grace).json).isEmpty)
                #expect(try await carts.get("mine").status == 401)
                #expect(try await carts.bench.call(.delete, "/api/v1/carts/mine", as: ada).status == 204)
                #expect(contents(try await carts.get("mine", as: ada).json).isEmpty)
            }
        }
    }

    @Test("signing in takes the guest's cart in, once, and nobody else can take it")
    func merge() async throws {
        try await CartsBench.run { carts in
            try await carts.withCatalog {
                let guest = try await carts.guestCart()
                try await carts.put("prod-1", 60, in: guest)
                try await carts.put("prod-2", 1, in: guest)
                try await carts.put("prod-1", 50, in: "mine", as: ada)
                let body: JSONValue = ["cartId": .string(guest)]
                for _ in 1...2 {
                    let (status, cart) = try await carts.bench.call(.post, "/api/v1/carts/mine/merge", body, as: ada)
                    #expect(status == 200)
                    #expect(contents(cart) == ["prod-1 × 99", "prod-2 × 1"])
                }
                #expect(try await carts.get(guest).status == 404)
                #expect(try await carts.bench.call(.post, "/api/v1/carts/mine/merge", body, as: grace).status == 404)
                #expect(try await carts.bench.call(.post, "/api/v1/carts/mine/merge", body).status == 401)
                let mine = try await carts.get("mine", as: ada).json["id"] ?? .null
                let theft: JSONValue = ["cartId": mine]
                #expect(try await carts.bench.call(.post, "/api/v1/carts/mine/merge", theft, as: grace).status == 404)
            }
        }
    }
}
