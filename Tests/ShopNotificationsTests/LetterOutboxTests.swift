internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaStorage
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopNotifications

@Suite("The outbox of letters", .timeLimit(.minutes(5))) struct LetterOutboxTests {
    private static let ada = Principal(id: "ada", role: .customer)
    private static let grace = Principal(id: "grace", role: .customer)
    private static let list = "/api/v1/notifications/letters"

    /// Where the letter of a user's latest notice is read.
    private static func path(_ bench: ServiceBench, of user: Principal) async throws -> String {
        let (_, json) = try await bench.call(.get, "/api/v1/notifications", as: user)
        return "/api/v1/notifications/\(try #require(json["items"]?[0]?["id"]?.string))/letter"
    }

    @Test("a letter is read by whom it is for and by administrators, and nobody else learns that it is there")
    func access() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            try await bench.register("ada")
            try await bench.complete("o1", of: "ada")
            try await bench.waitForLetters(1)
            let request = Request(.get, try await Self.path(bench, of: Self.ada))
            for caller in [Self.ada, Principal(id: "root", role: .admin)] {
                let response = try await bench.respond(to: request, as: caller)
                #expect(response.status == .ok)
                #expect(response.headers[.contentType] == "message/rfc822")
                #expect(response.headers[.cacheControl] == "private, no-store")
                let letter = LetterReader(try await response.collect())
                #expect(letter.values("To") == ["\"Ada Lovelace\" <ada@shop.example>"])
                let mail = try #require(try await bench.sent("email").first)
                #expect(letter.values("Message-ID") == ["<\(mail.notificationID)@shop.example>"])
            }
            for role in [Principal.Role.customer, .support, .manager] {
                let other = try await bench.respond(to: request, as: Principal(id: "grace", role: role))
                #expect(other.status == .notFound)
            }
            #expect(try await bench.respond(to: request).status == .unauthorized)
            #expect(try await bench.call(.get, "/api/v1/notifications/none/letter", as: Self.ada).status == 404)
        }
    }

    @Test("the list of all letters is for administrators, latest first, in pages, without names and addresses")
    func listing() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            try await bench.register("ada")
            for order in 1...3 { try await bench.complete("o\(order)", of: "ada") }
            try await bench.waitForLetters(3)
            let admin = Principal(id: "root", role: .admin)
            let (_, first) = try await bench.call(.get, Self.list + "?limit=2", as: admin)
            #expect(first["items"]?.array?.map { $0["orderId"]?.string } == ["o3", "o2"])
            #expect(first["items"]?[0]?["subject"]?.string == "Your order o3 is confirmed")
            #expect(first["items"]?[0]?["userId"]?.string == "ada")
            let cursor = try #require(first["nextCursor"]?.string)
            let (_, second) = try await bench.call(.get, Self.list + "?limit=2&cursor=\(cursor)", as: admin)
            #expect(second["items"]?.array?.map { $0["orderId"]?.string } == ["o1"])
            #expect(second["nextCursor"] == .null)
            #expect(!String(decoding: first.bytes(), as: UTF8.self).contains("shop.example"))
            #expect(try await bench.call(.get, Self.list, as: Self.ada).status == 403)
            #expect(try await bench.call(.get, Self.list).status == 401)
        }
    }

    @Test("the oldest letters go when newer ones come, and their notices stay")
    func bounded() async throws {
        let settings = ServiceSettings(numbers: ["lettersMax": 3])
        try await ServiceBench.run(NotificationsService(), settings: settings) { bench in
            try await bench.register("ada")
            try await bench.complete("o1", of: "ada")
            try await bench.waitForLetters(1)
            let oldest = Request(.get, try await Self.path(bench, of: Self.ada))
            #expect(try await bench.respond(to: oldest, as: Self.ada).status == .ok)
            for order in 2...8 { try await bench.complete("o\(order)", of: "ada") }
            try await bench.waitForLetters(8)
            #expect(try await bench.letters().map { $0.values("Subject")[0] } == (6...8).map {
                "Your order o\($0) is confirmed"
            })
            #expect(try await bench.respond(to: oldest, as: Self.ada).status == .notFound)
            let (_, json) = try await bench.call(.get, "/api/v1/notifications", as: Self.ada)
            #expect(json["items"]?.array?.count == 8)
        }
    }

    @Test("a letter that lies elsewhere than where it was put does not open")
    func moved() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            try await bench.register("ada")
            try await bench.register("grace")
            try await bench.complete("o1", of: "ada")
            try await bench.complete("o2", of: "grace")
            try await bench.waitForLetters(2)
            try await bench.instance.database.write { transaction in
                try transaction.execute(
                    """
                    UPDATE letters SET letter = (SELECT letter FROM letters WHERE user_id = 'ada')
                    WHERE user_id = 'grace'
                    """)
            }
            let request = Request(.get, try await Self.path(bench, of: Self.grace))
            #expect(try await bench.respond(to: request, as: Self.grace).status == .internalServerError)
        }
    }

    @Test("letters that an earlier version had yet to write are sent by the next run")
    func migrated() async throws {
        let folder = try TemporaryFolder()
        try await ServiceBench.run(NotificationsService(), in: folder) { bench in
            try await bench.register("ada")
            try await bench.complete("o1", of: "ada")
            try await bench.waitForLetters(1)
        }
        let file = folder.path(of: "notifications/notifications.sqlite")
        let database = try Database(path: file, migrations: [], world: .manual())
        try await database.write { transaction in
            try transaction.execute("DROP TABLE letters")
            try transaction.execute("DELETE FROM _migrations WHERE part = 'notifications' AND step = 'letters'")
            try transaction.execute("UPDATE notifications SET state = 'pending' WHERE channel = 'email'")
        }
        database.close()
        try await ServiceBench.run(NotificationsService(), in: folder, seed: 2) { bench in
            #expect(try await bench.letters().isEmpty)
            try await bench.advance(until: "the letter is sent", step: .seconds(600)) {
                try await bench.letters().count == 1
            }
            #expect(try await bench.letters()[0].values("Subject") == ["Your order o1 is confirmed"])
        }
    }
}
