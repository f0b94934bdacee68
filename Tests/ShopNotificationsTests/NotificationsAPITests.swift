internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaRuntime
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopNotifications

@Suite("Notifications over HTTP", .timeLimit(.minutes(5))) struct NotificationsAPITests {
    private static let ada = Principal(id: "ada", role: .customer)
    private static let path = "/api/v1/notifications"

    @Test("everybody sees their own only")
    func own() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            try await bench.complete("o1", of: "ada")
            try await bench.complete("o2", of: "grace")
            try await eventually("both are told") { try await bench.sent("push").count == 2 }
            let (_, json) = try await bench.call(.get, Self.path, as: Self.ada)
            #expect(json["items"]?.array?.map { $0["orderId"]?.string } == ["o1"])
            let admin = Principal(id: "root", role: .admin)
            #expect(try await bench.call(.get, Self.path, as: admin).json["items"]?.array == [])
            #expect(try await bench.call(.get, Self.path).status == 401)
        }
    }

    @Test("pages follow each other without gap or overlap, latest first")
    func pages() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            for order in 1...7 { try await bench.complete("o\(order)", of: "ada") }
            try await eventually("all are told") { try await bench.sent("push").count == 7 }
            var seen: [String?] = []
            var cursor: String?
            var pages = 0
            repeat {
                let query = "?limit=3" + (cursor.map { "&cursor=\($0)" } ?? "")
                let (status, json) = try await bench.call(.get, Self.path + query, as: Self.ada)
                #expect(status == 200)
                seen += json["items"]?.array?.map { $0["orderId"]?.string } ?? []
                cursor = json["nextCursor"]?.string
                pages += 1
            } while cursor != nil && pages < 10
            #expect(seen == (1...7).reversed().map { "o\($0)" })
            #expect(pages == 3)
            let (_, all) = try await bench.call(.get, Self.path + "?limit=7", as: Self.ada)
            #expect(all["items"]?.array?.count == 7)
            #expect(all["nextCursor"] == .null)
        }
    }

    @Test(
        "a query that makes no sense is refused",
        arguments: ["limit=0", "limit=101", "limit=x", "cursor=a%20b", "page=2"])
    func badQuery(query: String) async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            let (status, _) = try await bench.call(.get, "\(Self.path)?\(query)", as: Self.ada)
            #expect(status == 422)
        }
    }

    @Test("preferences begin with everything but text messages, and change one by one")
    func preferences() async throws {
        let path = Self.path + "/preferences"
        try await ServiceBench.run(NotificationsService()) { bench in
            let defaults: JSONValue = ["email": true, "push": true, "sms": false]
            #expect(try await bench.call(.get, path, as: Self.ada).json == defaults)
            let (status, json) = try await bench.call(.put, path, ["email": false], as: Self.ada)
            #expect(status == 200)
            #expect(json == ["email": false, "push": true, "sms": false])
            #expect(try await bench.call(.put, path, ["push": false, "sms": true], as: Self.ada).status == 200)
            #expect(try await bench.call(.get, path, as: Self.ada).json == ["email": false, "push": false, "sms": true])
            let grace = Principal(id: "grace", role: .customer)
            #expect(try await bench.call(.get, path, as: grace).json == defaults)
            #expect(try await bench.call(.get, path).status == 401)
            #expect(try await bench.call(.put, path, ["email": true]).status == 401)
            #expect(try await bench.call(.put, path, ["email": "yes"], as: Self.ada).status == 422)
            #expect(try await bench.call(.put, path, ["fax": true], as: Self.ada).status == 422)
        }
    }

    @Test("a channel that is not wanted is not used, the list in the app is kept")
    func respected() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            _ = try await bench.call(
                .put, Self.path + "/preferences", ["email": false, "push": false], as: Self.ada)
            // The choice came before the profile, and stays with it.
            try await bench.register("ada")
            try await bench.register("grace")
            try await bench.complete("o1", of: "ada")
            try await bench.complete("o2", of: "grace")
            try await bench.waitForLetters(1)
            #expect(try await bench.letters().map { $0.values("To")[0] } == ["\"Ada Lovelace\" <grace@shop.example>"])
            #expect(try await bench.sent("push").map(\.userID) == ["grace"])
            let (_, json) = try await bench.call(.get, Self.path, as: Self.ada)
            #expect(json["items"]?.array?.map { $0["orderId"]?.string } == ["o1"])
            #expect(json["items"]?[0]?["channels"]?.array == [])
        }
    }

    @Test("a letter that waited is not sent to somebody who does not want it any more")
    func changedMind() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            try await bench.complete("o1", of: "ada")
            try await eventually("the notice is in the app") { try await bench.sent("push").count == 1 }
            _ = try await bench.call(.put, Self.path + "/preferences", ["email": false], as: Self.ada)
            try await bench.register("ada")
            try await eventually("the letter is given up") {
                try await bench.received(NotificationFailed.self).map(\.reason) == ["not-wanted"]
            }
            #expect(try await bench.letters().isEmpty)
        }
    }
}
