internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaRuntime
internal import FlotillaStorage
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopPayments

@Suite("Card data") struct PrivacyTests {
    private static let all = [
        Cards.paid, Cards.declined, Cards.insufficientFunds, Cards.failsTwice, Cards.answerLost, "5555555555554444",
    ]

    @Test("no number and no security code is in any file or log line, whatever happened to the card")
    func nowhere() async throws {
        let folder = try TemporaryFolder()
        let cvc = "9174"
        try await ServiceBench.run(PaymentsService(), in: folder) { bench in
            for (index, number) in Self.all.enumerated() {
                let token = try await bench.token(for: number, cvc: cvc)
                try await bench.charge("order-\(index)", token)
                try await bench.messages(of: "order-\(index)", count: 1)
                try await bench.refund("order-\(index)")
                try await bench.messages(of: "order-\(index)", count: 2)
            }
            // Wrong input must not leave traces either.
            _ = try await bench.call(
                .post, "/api/v1/payment-tokens", Cards.body("4242424242424241", cvc: cvc), as: .ada)
            // The files as they are while the service runs, write-ahead logs included.
            try Self.check(folder, cvc: cvc)
            #expect(try folder.contents().contains { $0.path.hasSuffix("-wal") })
            let logged = bench.logs.records(LogQuery(limit: 10_000))
            #expect(logged.contains { $0.message == "the provider answered a charge" })
            for record in logged {
                for value in [record.message] + record.metadata.map(\.value) {
                    for number in Self.all + ["4242424242424241"] { #expect(!value.contains(number)) }
                    #expect(value != cvc)
                }
            }
        }
        // And as they are after it has stopped.
        try Self.check(folder, cvc: cvc)
    }

    private static func check(_ folder: TemporaryFolder, cvc: String) throws {
        let paths = try folder.contents().map(\.path)
        #expect(paths.contains("payments/payments.sqlite"))
        #expect(paths.contains("payments/provider.sqlite"))
        for number in all {
            let found = try folder.files(containing: number)
            #expect(found.isEmpty, "…\(number.suffix(4)) is in \(found)")
        }
        let found = try folder.files(containing: cvc)
        #expect(found.isEmpty, "a security code is in \(found)")
    }

    @Test("the search would find a number that was stored")
    func searchFinds() async throws {
        let folder = try TemporaryFolder()
        try await ServiceBench.run(PaymentsService(), in: folder) { bench in
            try await bench.charge("o1", "tok_not-a-card")
            try await bench.messages(of: "o1", count: 1)
            #expect(try folder.files(containing: "tok_not-a-card").isEmpty == false)
        }
    }

    @Test("an erased user's cards are gone, apart from one that a payment still needs, which goes with it")
    func erased() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            let (used, idle) = (try await bench.token(for: Cards.paid), try await bench.token(for: Cards.declined))
            let other = try await bench.token(for: Cards.paid, as: .grace)
            box.probe.setAway(true)
            try await bench.charge("o1", used)
            try await eventually("the provider is asked") { !box.probe.charges.isEmpty }
            try await bench.send(UserErased { $0.userID = "ada" }, subject: "ada")
            try await eventually("the idle card is gone") { try await bench.tokens() == [used, other].sorted() }
            box.probe.setAway(false)
            #expect(try await bench.messages(of: "o1", count: 1) == ["processed 9999"])
            #expect(try await bench.tokens() == [other])
            try await bench.charge("o2", idle)
            #expect(try await bench.messages(of: "o2", count: 1) == ["failed unknown-token"])
        }
    }
}

extension ServiceBench {
    fileprivate func tokens() async throws -> [String] {
        try await instance.database.read { try $0.query("SELECT token FROM cards ORDER BY token") { $0.text(0) } }
    }
}
