internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaObservability
internal import FlotillaRuntime
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopNotifications

@Suite("Personal data", .timeLimit(.minutes(5))) struct PrivacyTests {
    private static let ada = Principal(id: "ada", role: .customer)

    @Test("address, name and letter lie sealed in the database and are in no log")
    func sealed() async throws {
        let folder = try TemporaryFolder()
        try await ServiceBench.run(NotificationsService(), in: folder) { bench in
            try await bench.register("ada", email: "secret.ada@shop.example", name: "Augusta Unmistakable")
            try await bench.complete("o1", of: "ada")
            try await bench.waitForLetters(1)
            #expect(try await bench.letters()[0].values("To") == ["\"Augusta Unmistakable\" <secret.ada@shop.example>"])
            for text in ["secret.ada@shop.example", "Augusta Unmistakable"] {
                // The counterpart sent them, so they are to be found.
                let files = try folder.files(containing: text)
                #expect(!files.isEmpty)
                #expect(!files.contains { $0.hasPrefix("notifications/") }, "\(files)")
            }
            #expect(bench.logs.records(LogQuery(text: "secret.ada")).isEmpty)
        }
    }

    @Test("an erased user is told nothing any more, and nothing of what was told is left")
    func erased() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            try await bench.register("ada")
            try await bench.register("grace")
            try await bench.complete("o1", of: "ada")
            try await bench.complete("o2", of: "ada")
            try await bench.complete("o3", of: "grace")
            try await bench.waitForLetters(3)
            try await bench.send(UserErased { $0.userID = "ada" }, subject: "ada")
            try await eventually("her letters are gone") { try await bench.letters().count == 1 }
            #expect(try await bench.letters()[0].values("To") == ["\"Ada Lovelace\" <grace@shop.example>"])
            #expect(try await bench.call(.get, "/api/v1/notifications", as: Self.ada).json["items"]?.array == [])

            // Neither a late event nor a late profile brings her back.
            try await bench.register("ada")
            try await bench.complete("o4", of: "ada")
            try await bench.complete("o5", of: "grace")
            try await bench.waitForLetters(4)
            #expect(try await bench.letters().count == 2)
            #expect(try await bench.received(NotificationSent.self).count { $0.userID == "ada" } == 4)
        }
    }

    @Test("an erased user who has letters waiting gets none of them")
    func erasedWhileWaiting() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            try await bench.complete("o1", of: "ada")
            try await eventually("the notice is in the app") { try await bench.sent("push").count == 1 }
            try await bench.send(UserErased { $0.userID = "ada" }, subject: "ada")
            try await bench.register("ada")
            try await bench.register("grace")
            try await bench.complete("o2", of: "grace")
            try await bench.waitForLetters(1)
            #expect(try await bench.letters().map { $0.values("To")[0] } == ["\"Ada Lovelace\" <grace@shop.example>"])
        }
    }
}
