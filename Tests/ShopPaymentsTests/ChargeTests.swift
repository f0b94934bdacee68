internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaTesting
internal import ShopContracts
internal import Testing

@testable internal import ShopPayments

@Suite("Charging an order") struct ChargeTests {
    @Test("a good card is charged, told and listed")
    func paid() async throws {
        try await ServiceBench.run(PaymentsService()) { bench in
            let token = try await bench.token(for: Cards.paid)
            try await bench.charge("o1", token, saga: "checkout/7")
            #expect(try await bench.messages(of: "o1", count: 1) == ["processed 9999"])
            let event = try #require(try await bench.received(PaymentProcessed.self).first)
            #expect(event.userID == "ada")
            #expect(event.amount.currency == "USD")
            #expect(!event.paymentID.isEmpty)
            #expect(try await bench.received().map(\.saga) == ["checkout/7"])
            #expect(try await bench.ledger(of: "o1") == [9_999])
            #expect(try await bench.listed("o1") == ["captured"])
        }
    }

    @Test(
        "a refusal of the provider is told with its reason",
        arguments: [(Cards.declined, "card-declined"), (Cards.insufficientFunds, "insufficient-funds")])
    func refused(card: String, reason: String) async throws {
        try await ServiceBench.run(PaymentsService()) { bench in
            let token = try await bench.token(for: card)
            try await bench.charge("o1", token)
            #expect(try await bench.messages(of: "o1", count: 1) == ["failed \(reason)"])
            #expect(try await bench.ledger(of: "o1").isEmpty)
            #expect(try await bench.listed("o1") == ["failed"])
            // Told again, not asked again.
            try await bench.charge("o1", token)
            #expect(try await bench.messages(of: "o1", count: 2) == ["failed \(reason)", "failed \(reason)"])
        }
    }

    @Test("a provider that fails twice is asked a third time, with growing pauses")
    func failsTwice() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let token = try await bench.token(for: Cards.failsTwice)
            let start = bench.time.uptime
            try await bench.charge("o1", token)
            #expect(try await bench.messages(of: "o1", count: 1) == ["processed 9999"])
            #expect(box.probe.charges == ["o1", "o1", "o1"])
            #expect(bench.time.uptime - start >= .milliseconds(600))
            #expect(try await bench.ledger(of: "o1") == [9_999])
        }
    }

    @Test("an answer that got lost is asked for again, and nothing is charged twice")
    func answerLost() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let token = try await bench.token(for: Cards.answerLost)
            try await bench.charge("o1", token)
            #expect(try await bench.messages(of: "o1", count: 1) == ["processed 9999"])
            #expect(box.probe.charges == ["o1", "o1"])
            #expect(try await bench.ledger(of: "o1") == [9_999])
        }
    }

    @Test("twenty times the same command is one charge")
    func repeated() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let token = try await bench.token(for: Cards.paid)
            for _ in 0..<10 { try await bench.charge("o1", token) }
            try await bench.messages(of: "o1", count: 1)
            let before = try await bench.told(of: "o1").count
            for _ in 0..<10 { try await bench.charge("o1", token) }
            let told = try await bench.messages(of: "o1", count: before + 10)
            #expect(told.allSatisfy { $0 == "processed 9999" })
            #expect(box.probe.charges == ["o1"])
            #expect(try await bench.ledger(of: "o1") == [9_999])
            let ids = Set(try await bench.received(PaymentProcessed.self).map(\.paymentID))
            #expect(ids.count == 1)
        }
    }

    @Test("many orders at once are charged once each")
    func many() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let token = try await bench.token(for: Cards.paid)
            for number in 0..<100 { try await bench.charge("o\(number)", token) }
            for number in 0..<100 { try await bench.charge("o\(number)", token) }
            try await bench.advance(until: "all orders are paid") {
                Set(try await bench.received(PaymentProcessed.self).map(\.orderID)).count == 100
            }
            #expect(box.probe.charges.sorted() == (0..<100).map { "o\($0)" }.sorted())
        }
    }

    @Test("a token nobody has, or somebody else has, is refused without asking the provider")
    func unknownToken() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let token = try await bench.token(for: Cards.paid, as: .grace)
            try await bench.charge("o1", token, userID: "ada")
            try await bench.charge("o2", "tok_nobody")
            try await bench.charge("o3", "")
            try await bench.charge("o4", "no token at all; DROP TABLE cards")
            for order in ["o1", "o2", "o3", "o4"] {
                #expect(try await bench.messages(of: order, count: 1) == ["failed unknown-token"])
            }
            #expect(box.probe.charges.isEmpty)
        }
    }

    @Test("an amount that cannot be charged is refused", arguments: [0, -1, Int64.min, Int64.max])
    func amounts(amount: Int64) async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let token = try await bench.token(for: Cards.paid)
            try await bench.charge("o1", token, amount: amount)
            #expect(try await bench.messages(of: "o1", count: 1) == ["failed invalid-amount"])
            #expect(box.probe.charges.isEmpty)
            #expect(try await bench.listed("o1").isEmpty)
        }
    }

    @Test("after a refusal another card may be tried, under a key of its own")
    func otherCard() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let (bad, good) = (try await bench.token(for: Cards.declined), try await bench.token(for: Cards.paid))
            try await bench.charge("o1", bad)
            try await bench.messages(of: "o1", count: 1)
            try await bench.charge("o1", good, version: 1)
            #expect(try await bench.messages(of: "o1", count: 2) == ["failed card-declined", "processed 9999"])
            #expect(box.probe.charges == ["o1", "o1.2"])
            #expect(try await bench.ledger(of: "o1") == [9_999])
        }
    }

    @Test("while the provider is away the payment waits; a card that replaces the first is charged under the same key")
    func away() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let (bad, good) = (try await bench.token(for: Cards.declined), try await bench.token(for: Cards.paid))
            box.probe.setAway(true)
            try await bench.charge("o1", bad)
            try await bench.advance(until: "the provider was asked in vain", step: .seconds(5)) {
                box.probe.charges.count >= 5
            }
            #expect(try await bench.told(of: "o1").isEmpty)
            #expect(try await bench.listed("o1").isEmpty)
            try await bench.charge("o1", good, version: 1)
            await settle()
            box.probe.setAway(false)
            #expect(try await bench.messages(of: "o1", count: 1) == ["processed 9999"])
            #expect(Set(box.probe.charges) == ["o1"])
        }
    }

    @Test("a service that is stopped while the provider works finds the charge done when it is back")
    func restart() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let token = try await bench.token(for: Cards.paid)
            box.probe.hold(.afterCharge)
            try await bench.charge("o1", token)
            try await eventually("the provider is asked") { box.probe.charges == ["o1"] }
            await settle()
            try await bench.fleet.stop("payments")
            try await bench.fleet.start("payments")
            #expect(try await bench.messages(of: "o1", count: 1) == ["processed 9999"])
            #expect(box.probe.charges == ["o1"], "the new incarnation asked once more")
            #expect(try await bench.ledger(of: "o1") == [9_999])
        }
    }
}
