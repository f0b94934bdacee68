internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaProtobuf
internal import FlotillaStorage
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopUsers

@Suite struct RegistrationTests {
    private static let tooLong = String(repeating: "x", count: 129)

    @Test("a registered customer gets an account, and the others are told")
    func register() async throws {
        let bench = try await UsersBench()
        let reply = try await bench.send(
            .post, "/api/v1/users",
            [
                "email": "Eve@Shop.Example", "password": "correct horse", "name": "Eve Ω", "language": "pt-BR",
                "region": "eu",
            ])
        #expect(reply.status == 201)
        #expect(reply.headers[.location] == "/api/v1/users/me")
        #expect(reply["email"] == "eve@shop.example")
        #expect(reply["name"] == "Eve Ω")
        #expect(reply["role"] == "customer")
        #expect(reply["tier"] == "free")
        #expect(reply["password"] == nil)

        let message = try #require(try await bench.messages().first)
        #expect(message.type == "shop.users.user-registered.v1")
        #expect(message.subject == reply["id"]?.string)
        let event = try UserRegistered(messageBytes: message.data)
        #expect(event.email == "eve@shop.example")
        #expect(event.language == "pt-BR")
        #expect(event.region == "eu")
        #expect(event.role == "customer")
    }

    @Test("an e-mail address has one account, whatever its case")
    func emailTaken() async throws {
        let bench = try await UsersBench()
        try await bench.register("eve@shop.example")
        let reply = try await bench.send(
            .post, "/api/v1/users", ["email": "EVE@SHOP.EXAMPLE", "password": "another password", "name": "Eve"])
        #expect(reply.status == 409)
        #expect(reply.slug == "email-taken")
        #expect(try await bench.messages().count == 1)
    }

    @Test("of registrations at the same moment one wins")
    func concurrent() async throws {
        let bench = try await UsersBench()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await bench.send(
                        .post, "/api/v1/users",
                        ["email": "eve@shop.example", "password": "correct horse", "name": .string("Eve \(number)")]
                    ).status
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.sorted() == [201] + Array(repeating: 409, count: 7))
        #expect(try await bench.messages().count == 1)
    }

    @Test("a repeated request with its Idempotency-Key gets the same account; another key or password does not")
    func idempotency() async throws {
        let bench = try await UsersBench()
        let body: JSONValue = ["email": "eve@shop.example", "password": "correct horse", "name": "Eve"]
        let first = try await bench.send(.post, "/api/v1/users", body, headers: [.idempotencyKey: "k1"])
        let again = try await bench.send(.post, "/api/v1/users", body, headers: [.idempotencyKey: "k1"])
        #expect(first.status == 201 && again.status == 201)
        #expect(first["id"] == again["id"])
        #expect(try await bench.send(.post, "/api/v1/users", body, headers: [.idempotencyKey: "k2"]).status == 409)
        #expect(try await bench.send(.post, "/api/v1/users", body).status == 409)
        let other: JSONValue = ["email": "eve@shop.example", "password": "wrong horse", "name": "Eve"]
        #expect(try await bench.send(.post, "/api/v1/users", other, headers: [.idempotencyKey: "k1"]).status == 409)
        #expect(try await bench.messages().count == 1)
    }

    @Test("what is not valid is refused with the field that is wrong", arguments: [
        ("email", ["email": "eve", "password": "correct horse", "name": "Eve"]),
        ("email", ["password": "correct horse", "name": "Eve"]),
        ("password", ["email": "eve@shop.example", "password": "1234567", "name": "Eve"]),
        ("password", ["email": "eve@shop.example", "password": .string(RegistrationTests.tooLong), "name": "E"]),
        ("password", ["email": "eve@shop.example", "password": 12_345_678, "name": "Eve"]),
        ("name", ["email": "eve@shop.example", "password": "correct horse", "name": ""]),
        ("name", ["email": "eve@shop.example", "password": "correct horse", "name": "Eve\nEvil"]),
        ("role", ["email": "eve@shop.example", "password": "correct horse", "name": "Eve", "role": "admin"]),
        ("language", ["email": "eve@shop.example", "password": "correct horse", "name": "Eve", "language": "e_n"]),
        ("region", ["email": "eve@shop.example", "password": "correct horse", "name": "Eve", "region": "EU!"]),
    ] as [(String, JSONValue)])
    func invalid(field: String, body: JSONValue) async throws {
        let bench = try await UsersBench()
        let reply = try await bench.send(.post, "/api/v1/users", body)
        #expect(reply.status == 422)
        #expect(reply["errors"]?.array?.map { $0["field"]?.string } == [field])
        #expect(try await bench.count("SELECT COUNT(*) FROM users") == 0)
    }

    @Test("passwords of 8 and of 128 characters of any kind are taken", arguments: [
        "12345678", String(repeating: "ω", count: 128), "pass word\u{0}\n☃️x",
    ])
    func passwordBounds(password: String) async throws {
        let bench = try await UsersBench()
        let reply = try await bench.send(
            .post, "/api/v1/users", ["email": "eve@shop.example", "password": .string(password), "name": "Eve"])
        #expect(reply.status == 201)
        _ = try await bench.signIn(password: password)
    }

    @Test("neither e-mail address nor name nor password stand readable in the tables of users")
    func sealedAtRest() async throws {
        let bench = try await UsersBench()
        try await bench.register("eve@shop.example", name: "Evelyn")
        let columns = try await bench.database.read { transaction in
            try transaction.first(
                "SELECT email_index, email_sealed, name_sealed, password_hash FROM users"
            ) { row in [row.bytes(0), row.bytes(1), row.bytes(2), Array(row.text(3).utf8)] }
        }
        for column in try #require(columns) {
            let text = String(decoding: column, as: UTF8.self)
            for secret in ["eve", "shop.example", "Evelyn", UsersBench.password] { #expect(!text.contains(secret)) }
        }
    }

    @Test("a value moved to another user's row is noticed")
    func swappedRows() async throws {
        let bench = try await UsersBench()
        let (one, two) = (try await bench.register("one@shop.example"), try await bench.register("two@shop.example"))
        try await bench.database.write { transaction in
            try transaction.execute(
                "UPDATE users SET email_sealed = (SELECT email_sealed FROM users WHERE id = ?2) WHERE id = ?1", one,
                two)
        }
        let error = await #expect(throws: ServiceError.self) {
            try await FindUser(context: bench.context)(UserID(unchecked: one))
        }
        #expect(error?.slug == "sealed-value")
    }

    @Test("logs have no password, no token and no e-mail address")
    func logs() async throws {
        let bench = try await UsersBench()
        try await bench.register("eve@shop.example", name: "Evelyn")
        let tokens = try await bench.signIn()
        let renewed = try await bench.tokens(bench.refresh(tokens.refresh))
        _ = try await bench.refresh(tokens.refresh)
        _ = try await bench.trySignIn("eve@shop.example", "wrong password")
        let text = bench.logs.records().map { "\($0)" }.joined(separator: "\n")
        #expect(text.contains("a user signed in"))
        #expect(text.contains("its session is revoked"))
        let secrets = [
            UsersBench.password, "wrong password", "eve@shop.example", "Evelyn", tokens.access, tokens.refresh,
            renewed.refresh,
        ]
        for secret in secrets { #expect(!text.contains(secret)) }
    }
}
