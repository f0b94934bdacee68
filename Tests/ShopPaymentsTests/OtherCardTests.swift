internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaStorage
internal import FlotillaTesting
internal import ShopContracts
internal import Testing

@testable internal import ShopPayments

/// A card that replaces another: the ways in which the two can cross.
@Suite("Replacing the card of an order") struct OtherCardTests {
    /// Another card is given while the provider is being asked about the first.
    private static func replace(
        _ first: String, by second: String, _ bench: ServiceBench, _ box: ProbeBox
    ) async throws {
        box.probe.hold(.afterCharge)
        try await bench.charge("o1", first)
        try await eventually("the provider is asked") { box.probe.charges == ["o1"] }
        try await bench.charge("o1", second, version: 1)
        try await bench.untilTaken("o1", version: 1)
        box.probe.release(.afterCharge)
    }

    @Test("the old card succeeds at the same time: one charge, and the later command is told of it")
    func oldOneSucceeds() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let (first, second) = try await bench.tokens(Cards.paid, Cards.otherPaid)
            try await Self.replace(first, by: second, bench, box)
            #expect(try await bench.messages(of: "o1", count: 1) == ["processed 9999"])
            try await bench.charge("o1", second, version: 1)
            #expect(try await bench.messages(of: "o1", count: 2) == ["processed 9999", "processed 9999"])
            try await bench.charge("o1", first, version: 2)
            #expect(try await bench.messages(of: "o1", count: 3).last == "processed 9999")
            #expect(box.probe.charges == ["o1"])
            #expect(try await bench.ledger(of: "o1") == [9_999])
            #expect(Set(try await bench.received(PaymentProcessed.self).map(\.paymentID)).count == 1)
        }
    }

    @Test("the old card is declined after it was replaced: nothing is told of it, the new one is charged at once")
    func oldOneDeclined() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let (bad, good) = try await bench.tokens(Cards.declined, Cards.paid)
            try await Self.replace(bad, by: good, bench, box)
            #expect(try await bench.messages(of: "o1", count: 1) == ["processed 9999"])
            #expect(try await bench.received(PaymentProcessed.self).map(\.tokenVersion) == [1])
            #expect(box.probe.charges == ["o1", "o1.2"])
            #expect(try await bench.ledger(of: "o1") == [9_999])
            #expect(try await bench.received().map(\.saga) == ["checkout/1"])
        }
    }

    @Test("both are declined: the failure that is told is that of the new one")
    func bothDeclined() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let (bad, poor) = try await bench.tokens(Cards.declined, Cards.insufficientFunds)
            try await Self.replace(bad, by: poor, bench, box)
            #expect(try await bench.messages(of: "o1", count: 1) == ["failed insufficient-funds"])
            #expect(try await bench.received(PaymentFailed.self).map(\.tokenVersion) == [1])
            #expect(try await bench.ledger(of: "o1").isEmpty)
        }
    }

    @Test("replaced twice, the last card is charged; a command of an earlier one that comes late changes nothing")
    func twice() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let (bad, good) = try await bench.tokens(Cards.declined, Cards.paid)
            let poor = try await bench.token(for: Cards.insufficientFunds)
            box.probe.setAway(true)
            try await bench.charge("o1", bad)
            try await bench.charge("o1", good, version: 2)
            try await bench.charge("o1", poor, version: 1)
            try await bench.untilTaken("o1", version: 2)
            await settle()
            box.probe.setAway(false)
            #expect(try await bench.messages(of: "o1", count: 1) == ["processed 9999"])
            #expect(try await bench.received(PaymentProcessed.self).map(\.tokenVersion) == [2])
            #expect(Set(box.probe.charges) == ["o1"])
        }
    }

    @Test("the same command again is answered again, as failed as before, and asks nobody")
    func repeated() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let (bad, poor) = try await bench.tokens(Cards.declined, Cards.insufficientFunds)
            try await bench.charge("o1", bad)
            try await bench.messages(of: "o1", count: 1)
            try await bench.charge("o1", poor, version: 1)
            try await bench.messages(of: "o1", count: 2)
            try await bench.charge("o1", poor, version: 1)
            // A late one of the first card is answered by what became of the present one.
            try await bench.charge("o1", bad)
            let told = try await bench.messages(of: "o1", count: 4)
            #expect(told == ["failed card-declined"] + Array(repeating: "failed insufficient-funds", count: 3))
            #expect(try await bench.received(PaymentFailed.self).map(\.tokenVersion) == [0, 1, 1, 1])
            #expect(box.probe.charges == ["o1", "o1.2"])
        }
    }

    @Test("a refusal whose answer was lost may be the old card's, so the new one is asked for under its own key")
    func lostRefusal() {
        func card(_ version: Int) -> OfferedCard {
            OfferedCard(token: CardToken(unchecked: "tok_\(version)"), version: version, isOwned: true)
        }
        let amount = Money(amount: 100, currency: "USD")
        var payment = Payment.asked(
            PaymentID(unchecked: "p"), orderID: OrderID(unchecked: "o"), userID: UserID(unchecked: "u"),
            amount: amount, card: card(0), at: Timestamp(seconds: 1))
        // The provider declines card 0 under the key "o", and nobody hears of it. Asked with card 1, it says the same.
        #expect(payment.askedAgain(with: card(1), amount: amount) == .wait)
        #expect(payment.settle(.declined(reason: "card-declined")) == Settlement(chargesAgain: true))
        #expect(payment.chargeKey == "o.2")
        #expect(payment.token?.text == "tok_1")
        #expect(payment.status == .pending)
        // This one can only be that of card 1.
        let settlement = payment.settle(.declined(reason: "card-declined"))
        #expect(settlement.events == [.failed(.init(reason: "card-declined", isRetryable: false))])
        #expect(!settlement.chargesAgain)
        #expect(payment.status == .failed)
    }

    @Test("a token that is not the user's replaces the card as well, and fails as it would have at first")
    func notOwned() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let bad = try await bench.token(for: Cards.declined)
            let foreign = try await bench.token(for: Cards.paid, as: .grace)
            box.probe.setAway(true)
            try await bench.charge("o1", bad)
            try await bench.charge("o1", foreign, version: 1)
            try await bench.untilTaken("o1", version: 1)
            box.probe.setAway(false)
            #expect(try await bench.messages(of: "o1", count: 1) == ["failed unknown-token retryable"])
            #expect(try await bench.ledger(of: "o1").isEmpty)

            try await bench.charge("o2", bad)
            try await bench.messages(of: "o2", count: 1)
            try await bench.charge("o2", foreign, version: 1)
            #expect(try await bench.messages(of: "o2", count: 2).last == "failed unknown-token")
            #expect(try await bench.received(PaymentFailed.self).last?.tokenVersion == 1)
        }
    }

    @Test("an order that is called off charges no further card, whichever way the first one ends")
    func calledOff() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let (bad, good) = try await bench.tokens(Cards.declined, Cards.paid)
            box.probe.hold(.afterCharge)
            try await bench.charge("o1", bad)
            try await eventually("the provider is asked") { box.probe.charges == ["o1"] }
            try await bench.charge("o1", good, version: 1)
            try await bench.refund("o1")
            try await bench.charge("o1", good, version: 2)
            let told = try await bench.messages(of: "o1", count: 2)
            #expect(told.sorted() == ["failed cancelled", "refunded 0 of nothing"])
            box.probe.release(.afterCharge)
            try await bench.advance(until: "nothing is under way") {
                try await bench.instance.activities?.openCount() == 0
            }
            #expect(box.probe.charges == ["o1"])
            #expect(try await bench.ledger(of: "o1").isEmpty)
            #expect(try await bench.told(of: "o1").count == 2)
        }
    }

    @Test("at most ten cards are tried for one order")
    func bounded() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let (bad, poor) = try await bench.tokens(Cards.declined, Cards.insufficientFunds)
            for version in 0..<12 {
                try await bench.charge("o1", version.isMultiple(of: 2) ? bad : poor, version: Int32(version))
                try await bench.messages(of: "o1", count: version + 1)
            }
            #expect(box.probe.charges.count == 10)
            #expect(Set(box.probe.charges).count == 10)
            #expect(try await bench.received(PaymentFailed.self).map(\.tokenVersion) == (0..<12).map { Int32($0) })
        }
    }
}

extension ServiceBench {
    fileprivate func tokens(_ first: String, _ second: String) async throws -> (String, String) {
        (try await token(for: first), try await token(for: second))
    }

    /// Waits until Payments has taken note of the order's token of that version. The clock stands still meanwhile.
    fileprivate func untilTaken(_ orderID: String, version: Int) async throws {
        try await eventually("token \(version) of \(orderID) was there") {
            let database = try instance.database
            return try await database.read {
                try PaymentTable().find(OrderID(unchecked: orderID), in: $0)
            }?.tokenVersion == version
        }
    }
}
