internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import FlotillaStorage
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopUsers

@Suite struct ErasureTests {
    private static let address: JSONValue = [
        "name": "Eve", "line1": "1 Main St", "city": "Kyiv", "postalCode": "01001", "country": "UA",
    ]

    @Test("an erased user is gone with sessions and addresses, and the others are told once")
    func erase() async throws {
        let bench = try await UsersBench()
        let id = try await bench.register()
        try await bench.register("bob@shop.example")
        let (tokens, bob) = (try await bench.signIn(), try await bench.signIn("bob@shop.example"))
        let path = "/api/v1/users/me/addresses"
        for token in [tokens.access, bob.access] {
            #expect(try await bench.send(.post, path, Self.address, token: token).status == 201)
        }

        #expect(try await bench.send(.delete, "/api/v1/users/me", token: tokens.access).status == 204)
        #expect(try await bench.send(.delete, "/api/v1/users/me", token: tokens.access).status == 404)
        #expect(try await bench.send(.get, "/api/v1/users/me", token: tokens.access).status == 404)
        #expect(try await bench.refresh(tokens.refresh).status == 401)
        #expect(try await bench.trySignIn("eve@shop.example", UsersBench.password).slug == "wrong-credentials")

        let erased = try await bench.messages().filter { $0.type == "shop.users.user-erased.v1" }
        #expect(erased.count == 1)
        let message = try #require(erased.first)
        #expect(message.subject == id)
        #expect(try UserErased(messageBytes: message.data).userID == id)

        #expect(try await bench.count("SELECT COUNT(*) FROM users") == 1)
        #expect(try await bench.count("SELECT COUNT(*) FROM sessions") == 1)
        #expect(try await bench.count("SELECT COUNT(*) FROM addresses") == 1)
        #expect(try await bench.refresh(bob.refresh).status == 200)
    }

    @Test("the e-mail address of an erased user can be registered again, as another user")
    func registerAgain() async throws {
        let bench = try await UsersBench()
        let first = try await bench.register()
        let tokens = try await bench.signIn()
        #expect(try await bench.send(.delete, "/api/v1/users/me", token: tokens.access).status == 204)
        #expect(try await bench.register() != first)
    }

    @Test("nobody is erased without a token")
    func anonymous() async throws {
        let bench = try await UsersBench()
        try await bench.register()
        #expect(try await bench.send(.delete, "/api/v1/users/me").status == 401)
        #expect(try await bench.count("SELECT COUNT(*) FROM users") == 1)
    }
}
