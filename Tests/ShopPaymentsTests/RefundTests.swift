internal import FlotillaCore
internal import FlotillaMessaging
internal import FlotillaRuntime
internal import FlotillaStorage
internal import FlotillaTesting
internal import ShopContracts
internal import Testing

@testable internal import ShopPayments

@Suite("Giving money back") struct RefundTests {
    @Test("a paid order is refunded once, however often it is asked for")
    func refund() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let token = try await bench.token(for: Cards.paid)
            try await bench.charge("o1", token)
            try await bench.messages(of: "o1", count: 1)
            for _ in 0..<5 { try await bench.refund("o1", saga: "checkout/9") }
            try await bench.messages(of: "o1", count: 2)
            try await bench.refund("o1", saga: "checkout/9")
            try await bench.advance(until: "the repeated command is answered") {
                try await bench.told(of: "o1").count >= 3
            }
            let told = try await bench.told(of: "o1")
            #expect(told.first == "processed 9999")
            #expect(told.dropFirst().allSatisfy { $0 == "refunded 9999" })
            #expect(box.probe.refunds == ["o1"])
            #expect(try await bench.ledger(of: "o1") == [9_999, -9_999])
            #expect(try await bench.listed("o1") == ["refunded"])
            #expect(try await bench.received().last?.saga == "checkout/9")
        }
    }

    @Test("an order that never paid is called off: the answer has no payment, and a later charge is refused")
    func before() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let token = try await bench.token(for: Cards.paid)
            try await bench.refund("o1")
            #expect(try await bench.messages(of: "o1", count: 1) == ["refunded 0 of nothing"])
            try await bench.charge("o1", token)
            #expect(try await bench.messages(of: "o1", count: 2).last == "failed cancelled")
            try await bench.refund("o1")
            #expect(try await bench.messages(of: "o1", count: 3).last == "refunded 0 of nothing")
            #expect(box.probe.charges.isEmpty)
            #expect(try await bench.listed("o1", as: .root).isEmpty)
        }
    }

    @Test("after a declined card there is nothing to give back, and no other card is charged any more")
    func declined() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let (bad, good) = (try await bench.token(for: Cards.declined), try await bench.token(for: Cards.paid))
            try await bench.charge("o1", bad)
            try await bench.messages(of: "o1", count: 1)
            try await bench.refund("o1")
            #expect(try await bench.messages(of: "o1", count: 2).last == "refunded 0 of nothing")
            try await bench.charge("o1", good, version: 1)
            #expect(try await bench.messages(of: "o1", count: 3).last == "failed cancelled")
            #expect(box.probe.charges == ["o1"])
            #expect(box.probe.refunds.isEmpty)
        }
    }

    @Test("a refund that overtakes the charge voids it: the provider takes nothing")
    func overtakesCharge() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let token = try await bench.token(for: Cards.paid)
            box.probe.hold(.beforeCharge)
            try await bench.charge("o1", token)
            try await eventually("the charge is on its way") { box.probe.charges == ["o1"] }
            try await bench.refund("o1")
            #expect(try await bench.messages(of: "o1", count: 1) == ["refunded 0 of nothing"])
            box.probe.release(.beforeCharge)
            try await bench.advance(until: "the charge's activity is done") {
                try await bench.instance.activities?.openCount() == 0
            }
            #expect(try await bench.told(of: "o1") == ["refunded 0 of nothing"])
            #expect(try await bench.ledger(of: "o1").isEmpty)
            #expect(try await bench.listed("o1") == ["voided"])
            try await bench.charge("o1", token)
            #expect(try await bench.messages(of: "o1", count: 2).last == "failed cancelled")
        }
    }

    @Test("a refund while the charge's answer is lost gives back what was captured, and both are told")
    func overtakesLostAnswer() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let token = try await bench.token(for: Cards.answerLost)
            try await bench.charge("o1", token, saga: "checkout/1")
            // The clock stands still, so the charge waits for its second try.
            try await eventually("the answer is lost") {
                try await bench.instance.database.read {
                    try $0.exists("SELECT 1 FROM activities WHERE name = 'charge-card' AND attempts = 1")
                }
            }
            try await bench.refund("o1", saga: "checkout/2")
            try await eventually("the refund is told") { try await bench.told(of: "o1").count == 2 }
            #expect(try await bench.told(of: "o1") == ["processed 9999", "refunded 9999"])
            #expect(try await bench.received().map(\.saga) == ["", "checkout/2"])
            try await bench.advance(until: "the charge's activity is done") {
                try await bench.instance.activities?.openCount() == 0
            }
            #expect(try await bench.told(of: "o1").count == 2)
            #expect(try await bench.ledger(of: "o1") == [9_999, -9_999])
        }
    }

    @Test("a provider that refuses to give back is told once and for all; the money stays booked")
    func refused() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let token = try await bench.token(for: Cards.refundRefused)
            try await bench.charge("o1", token)
            try await bench.messages(of: "o1", count: 1)
            try await bench.refund("o1")
            try await bench.messages(of: "o1", count: 2)
            try await bench.refund("o1")
            let told = try await bench.messages(of: "o1", count: 3)
            #expect(told.dropFirst().allSatisfy { $0 == "refund-failed refund-not-possible" })
            #expect(box.probe.refunds == ["o1"])
            #expect(try await bench.ledger(of: "o1") == [9_999])
            #expect(try await bench.listed("o1") == ["captured"])
        }
    }

    @Test("a provider that is away for a day is asked again when it is back")
    func away() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let token = try await bench.token(for: Cards.paid)
            try await bench.charge("o1", token)
            try await bench.messages(of: "o1", count: 1)
            box.probe.setAway(true)
            try await bench.refund("o1")
            try await bench.advance(until: "the provider was asked in vain", step: .seconds(5)) {
                box.probe.refunds.count >= 10
            }
            #expect(try await bench.listed("o1") == ["captured"])
            box.probe.setAway(false)
            try await bench.advance(until: "the money is back", step: .seconds(5)) {
                try await bench.told(of: "o1") == ["processed 9999", "refunded 9999"]
            }
        }
    }
}
