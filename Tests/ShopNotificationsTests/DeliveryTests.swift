internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopNotifications

/// The whole service in a fleet: events over outbox, broker and consumer, letters read over HTTP.
@Suite("Delivering notifications", .timeLimit(.minutes(5))) struct DeliveryTests {
    private static let ada = Principal(id: "ada", role: .customer)

    private func items(_ bench: ServiceBench, as caller: Principal = ada) async throws -> [JSONValue] {
        let (status, json) = try await bench.call(.get, "/api/v1/notifications", as: caller)
        #expect(status == 200)
        return json["items"]?.array ?? []
    }

    @Test("a completed order is a notice in the app and a letter")
    func completed() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            try await bench.register("ada")
            try await bench.complete("o1", of: "ada")
            try await bench.waitForLetters(1)
            let letters = try await bench.letters()
            #expect(letters.count == 1)
            #expect(letters[0].values("To") == ["\"Ada Lovelace\" <ada@shop.example>"])
            #expect(letters[0].values("Subject") == ["Your order o1 is confirmed"])
            #expect(letters[0].body.hasPrefix("Hello Ada Lovelace,\n\nThank you for your order o1."))
            #expect(letters[0].body.contains("9.00 USD") && letters[0].body.contains("2 × Tea"))
            let mail = try #require(try await bench.sent("email").first)
            #expect(mail.userID == "ada" && mail.template == "order-completed" && !mail.causedBy.isEmpty)
            #expect(try await bench.sent("push").count == 1)
            // What is told about notifications is nobody's answer, although the order's event had a mark.
            #expect(try await bench.received().map(\.saga) == ["", ""])

            let notices = try await items(bench)
            #expect(notices.map { $0["title"]?.string } == ["Your order o1 is confirmed"])
            #expect(notices[0]["orderId"]?.string == "o1")
            #expect(notices[0]["template"]?.string == "order-completed")
            #expect(notices[0]["channels"]?.array?.map { $0["channel"]?.string } == ["email", "push"])
            #expect(notices[0]["channels"]?.array?.map { $0["status"]?.string } == ["sent", "sent"])
        }
    }

    @Test("each kind of event is told with its details")
    func kinds() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            try await bench.register("ada")
            try await bench.cancel("o1", of: "ada", reason: "sold-out")
            try await bench.cancel("o2", of: "ada", reason: "something-new")
            let refund = OrderRefunded {
                $0.orderID = "o3"
                $0.userID = "ada"
                $0.amount = MoneyValue(Money(amount: 1200, currency: "JPY"))
                $0.reason = "cancelled-by-customer"
            }
            try await bench.send(refund, subject: "o3")
            let dispatched = ShipmentDispatched {
                $0.orderID = "o4"
                $0.userID = "ada"
                $0.shipmentID = "s4"
                $0.trackingCode = "FP123"
                $0.carrier = "Flotilla Post"
            }
            try await bench.send(dispatched, subject: "o4")
            try await bench.waitForLetters(4)
            let bodies = try await bench.letters().map(\.body)
            #expect(bodies.count { $0.contains("Somebody else bought the last piece") } == 1)
            #expect(bodies.count { $0.contains("It could not be completed.") } == 1)
            #expect(bodies.count { $0.contains("1200 JPY is on its way back") && $0.contains("You asked us to.") } == 1)
            #expect(bodies.count { $0.contains("tracking code is FP123") } == 1)
        }
    }

    @Test("the same thing is told once, however often its event comes")
    func noDuplicates() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            try await bench.register("ada")
            for _ in 0..<5 { try await bench.complete("o1", of: "ada") }
            try await bench.complete("o2", of: "ada")
            try await bench.waitForLetters(2)
            #expect(try await bench.letters().count == 2)
            #expect(try await bench.received().count == 4)
            #expect(try await items(bench).count == 2)
        }
    }

    @Test("a letter waits for the address; the app does not")
    func contactLater() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            try await bench.complete("o1", of: "ada")
            try await bench.cancel("o2", of: "ada", reason: "sold-out")
            try await eventually("both are in the app") { try await bench.sent("push").count == 2 }
            let waiting = try await items(bench)
            #expect(waiting.map { $0["channels"]?[0]?["status"]?.string } == ["waiting", "waiting"])
            #expect(try await bench.letters().isEmpty)
            try await bench.register("ada")
            try await bench.waitForLetters(2)
            // A profile that changes later sends nothing again.
            try await bench.send(UserUpdated { $0.userID = "ada"; $0.email = "new@shop.example" }, subject: "ada")
            try await bench.complete("o3", of: "ada")
            try await bench.waitForLetters(3)
            #expect(try await bench.letters().map { $0.values("To")[0] }.sorted() == [
                "\"Ada Lovelace\" <ada@shop.example>", "\"Ada Lovelace\" <ada@shop.example>", "new@shop.example",
            ])
        }
    }

    @Test("a letter whose address never comes is given up after the wait")
    func noContact() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            let start = bench.time.now
            try await bench.complete("o1", of: "ada")
            try await eventually("the notice is in the app") { try await bench.sent("push").count == 1 }
            try await bench.advance(until: "the letter is given up", step: .seconds(1800)) {
                try await !bench.received(NotificationFailed.self).isEmpty
            }
            #expect(bench.time.now - start >= GiveUpWaiting.defaultWait)
            let failed = try await bench.received(NotificationFailed.self)
            #expect(failed.map(\.reason) == ["no-address"])
            #expect(failed.map(\.channel) == ["email"])
            #expect(try await items(bench)[0]["channels"]?[0]?["status"]?.string == "failed")
        }
    }

    @Test("an address that cannot be written to is given up at once")
    func badAddress() async throws {
        try await ServiceBench.run(NotificationsService()) { bench in
            try await bench.register("ada", email: "ada@shop.example\r\nBcc: eve@evil.example")
            try await bench.complete("o1", of: "ada")
            try await eventually("the letter is given up") {
                try await bench.received(NotificationFailed.self).map(\.reason) == ["mailbox-invalid"]
            }
            #expect(try await bench.letters().isEmpty)
        }
    }

    @Test("letters outlive a stop, and what was told before it is not told again")
    func restart() async throws {
        let folder = try TemporaryFolder()
        try await ServiceBench.run(NotificationsService(), in: folder) { bench in
            try await bench.register("ada")
            try await bench.complete("o1", of: "ada")
            try await bench.waitForLetters(1)
        }
        try await ServiceBench.run(NotificationsService(), in: folder) { bench in
            try await bench.complete("o1", of: "ada")
            try await bench.complete("o2", of: "ada")
            try await eventually("the second letter is there") { try await bench.letters().count == 2 }
            #expect(try await items(bench).count == 2)
        }
    }
}
