internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import FlotillaSecurity
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopUsers

@Suite struct ProfileTests {
    @Test("users see their own profile, nobody without a token does")
    func me() async throws {
        let bench = try await UsersBench()
        let id = try await bench.register()
        let tokens = try await bench.signIn()
        let reply = try await bench.send(.get, "/api/v1/users/me", token: tokens.access)
        #expect(reply["id"]?.string == id)
        #expect(reply["email"] == "eve@shop.example")
        let tag = try #require(reply.headers[.eTag])
        let cached = try await bench.send(
            .get, "/api/v1/users/me", token: tokens.access, headers: [.ifNoneMatch: tag])
        #expect(cached.status == 304)
        #expect(try await bench.send(.get, "/api/v1/users/me").status == 401)
        #expect(try await bench.send(.get, "/api/v1/users/me", token: "garbage").slug == "invalid-token")
    }

    @Test("a change is stored and told; a change that changes nothing is not told")
    func update() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        let tokens = try await bench.signIn()
        bench.time.advance(by: .seconds(60))
        let reply = try await bench.send(
            .patch, "/api/v1/users/me", ["name": "Eva", "language": "de"], token: tokens.access)
        #expect(reply.status == 200)
        #expect(reply["name"] == "Eva")
        #expect(reply["language"] == "de")
        #expect(reply["updatedAt"] == "2026-01-01T00:01:00.000Z")
        for body in [["name": "Eva"], [:], ["language": nil]] as [JSONValue] {
            #expect(try await bench.send(.patch, "/api/v1/users/me", body, token: tokens.access).status == 200)
        }
        let onlyLanguage = try await bench.send(.patch, "/api/v1/users/me", ["language": "fr"], token: tokens.access)
        #expect(onlyLanguage["name"] == "Eva")
        let messages = try await bench.messages().filter { $0.type == "shop.users.user-updated.v1" }
        #expect(messages.count == 2)
        let event = try UserUpdated(messageBytes: try #require(messages.first).data)
        #expect(event.name == "Eva" && event.language == "de" && event.isActive)
        #expect(event.email == "eve@shop.example")
    }

    @Test("role, tier, region and e-mail address cannot be changed this way", arguments: [
        "role", "tier", "region", "email",
    ])
    func fixedFields(field: String) async throws {
        let bench = try await UsersBench()
        try await bench.register()
        let tokens = try await bench.signIn()
        let body = JSONValue.object(JSONObject([.init(name: field, value: "admin")]))
        let reply = try await bench.send(.patch, "/api/v1/users/me", body, token: tokens.access)
        #expect(reply.status == 422)
        #expect(reply["errors"]?[0]?["field"]?.string == field)
    }

    private static let address: JSONValue = [
        "name": "Eve", "line1": "1 Main St", "line2": nil, "city": "Kyiv", "postalCode": "01001", "country": "UA",
    ]

    @Test("addresses are saved, listed and deleted; saving one twice saves it once")
    func addresses() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        let tokens = try await bench.signIn()
        let path = "/api/v1/users/me/addresses"
        let saved = try await bench.send(.post, path, Self.address, token: tokens.access)
        #expect(saved.status == 201)
        let id = try #require(saved["id"]?.string)
        #expect(saved.headers[.location] == path + "/" + id)
        #expect(try await bench.send(.post, path, Self.address, token: tokens.access)["id"]?.string == id)
        let list = try await bench.send(.get, path, token: tokens.access)
        #expect(list["items"]?.array?.count == 1)
        #expect(list["items"]?[0]?["city"] == "Kyiv")
        #expect(list["items"]?[0]?["line2"] == nil)
        #expect(list["nextCursor"] == .null)
        #expect(try await bench.send(.delete, path + "/" + id, token: tokens.access).status == 204)
        #expect(try await bench.send(.delete, path + "/" + id, token: tokens.access).status == 404)
        #expect(try await bench.send(.get, path, token: tokens.access)["items"] == [])
    }

    @Test("nobody sees or deletes the addresses of another")
    func othersAddresses() async throws {
        let bench = try await UsersBench()
        try await bench.register("eve@shop.example")
        try await bench.register("bob@shop.example")
        let (eve, bob) = (try await bench.signIn(), try await bench.signIn("bob@shop.example"))
        let path = "/api/v1/users/me/addresses"
        let id = try #require(
            try await bench.send(.post, path, Self.address, token: eve.access)["id"]?.string)
        #expect(try await bench.send(.get, path, token: bob.access)["items"] == [])
        #expect(try await bench.send(.delete, path + "/" + id, token: bob.access).status == 404)
        #expect(try await bench.send(.get, path, token: eve.access)["items"]?.array?.count == 1)
    }

    @Test("a book has at most twenty addresses")
    func fullBook() async throws {
        let bench = try await UsersBench()
        let id = UserID(unchecked: try await bench.register())
        for number in 0..<20 {
            _ = try await AddAddress(context: bench.context)(numbered(number), of: id)
        }
        await #expect(throws: UserError.tooManyAddresses) {
            try await AddAddress(context: bench.context)(numbered(20), of: id)
        }
        let known = try await AddAddress(context: bench.context)(numbered(7), of: id)
        #expect(known.address == numbered(7))
    }

    private func numbered(_ number: Int) -> DeliveryAddress {
        DeliveryAddress(
            name: "Eve", line1: "\(number) Main St", line2: "c/o Bob", city: "Kyiv", postalCode: "01001", country: "UA")
    }

    @Test("an address that is not valid is refused with the field", arguments: [
        ("country", "Ukraine"), ("country", "ua"), ("city", ""), ("postalCode", "123456789012345678901"),
        ("line1", "a\u{1F}b"),
    ])
    func invalidAddress(field: String, value: String) async throws {
        let bench = try await UsersBench()
        try await bench.register()
        let tokens = try await bench.signIn()
        var object = try #require(Self.address.object)
        object[field] = .string(value)
        let reply = try await bench.send(.post, "/api/v1/users/me/addresses", .object(object), token: tokens.access)
        #expect(reply.status == 422)
        #expect(reply["errors"]?[0]?["field"]?.string == field)
    }

    @Test("a token whose user does not exist finds nothing")
    func unknownUser() async throws {
        let bench = try await UsersBench()
        let token = try await bench.context.tokens.issue(
            principal: Principal(id: "nobody", role: .customer), lifetime: .seconds(60)
        ).exposed
        #expect(try await bench.send(.get, "/api/v1/users/me", token: token).status == 404)
        #expect(try await bench.send(.patch, "/api/v1/users/me", ["name": "N"], token: token).status == 404)
        let reply = try await bench.send(.post, "/api/v1/users/me/addresses", Self.address, token: token)
        #expect(reply.status == 404)
    }
}
