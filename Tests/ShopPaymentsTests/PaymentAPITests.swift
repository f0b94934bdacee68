internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopPayments

@Suite("The API of Payments") struct PaymentAPITests {
    @Test("a card becomes a token; the same card of the same user keeps it")
    func tokens() async throws {
        try await ServiceBench.run(PaymentsService()) { bench in
            let first = try await bench.call(.post, "/api/v1/payment-tokens", Cards.body(Cards.paid), as: .ada)
            #expect(first.status == 201)
            #expect(first.json["brand"]?.string == "visa")
            #expect(first.json["last4"]?.string == "4242")
            let token = try #require(first.json["token"]?.string)
            #expect(CardToken(token) != nil)
            #expect(try await bench.token(for: Cards.paid) == token)
            #expect(try await bench.token(for: Cards.paid, as: .grace) != token)
            let renewed = try await bench.call(
                .post, "/api/v1/payment-tokens", Cards.body(Cards.paid, year: 2031), as: .ada)
            #expect(renewed.json["token"]?.string != token)
        }
    }

    @Test("tokens are for those who are signed in, and not for caches")
    func signedIn() async throws {
        try await ServiceBench.run(PaymentsService()) { bench in
            #expect(try await bench.call(.post, "/api/v1/payment-tokens", Cards.body(Cards.paid)).status == 401)
            #expect(try await bench.call(.get, "/api/v1/payments?orderId=o1").status == 401)
            var request = Request(
                .post, target: "/api/v1/payment-tokens", body: Cards.body(Cards.paid).bytes())
            request.headers[.contentType] = "application/json"
            let response = try await bench.respond(to: request, as: .ada)
            #expect(response.headers[.cacheControl] == "no-store")
        }
    }

    @Test(
        "a wrong card is refused by field, and no value is repeated",
        arguments: [
            (Cards.body("4242424242424241"), ["number"]), (Cards.body("42424242"), ["number"]),
            (Cards.body("4242 4242 4242 4242"), ["number"]), (Cards.body(Cards.paid, month: 13), ["expiryMonth"]),
            (Cards.body(Cards.paid, month: 0), ["expiryMonth"]), (Cards.body(Cards.paid, year: 25), ["expiryYear"]),
            (Cards.body(Cards.paid, year: 2025), ["expiryYear"]), (Cards.body(Cards.paid, cvc: "12"), ["cvc"]),
            (Cards.body(Cards.paid, cvc: "12345"), ["cvc"]), (Cards.body(Cards.paid, cvc: "12a"), ["cvc"]),
            (["number": 4_242_424_242_424_242, "expiryMonth": 12, "expiryYear": 2030, "cvc": "123"], ["number"]),
            (["number": "4242424242424241", "expiryMonth": 13], ["number", "expiryMonth", "expiryYear", "cvc"]),
        ] as [(JSONValue, [String])])
    func invalid(body: JSONValue, fields: [String]) async throws {
        try await ServiceBench.run(PaymentsService()) { bench in
            let answer = try await bench.call(.post, "/api/v1/payment-tokens", body, as: .ada)
            #expect(answer.status == 422)
            #expect(answer.json["errors"]?.array?.compactMap { $0["field"]?.string } == fields)
            let text = String(decoding: answer.json.bytes(), as: UTF8.self)
            for number in ["42424242", "4242 4242", "12345", "12a"] { #expect(!text.contains(number), "\(text)") }
        }
    }

    @Test("a card is good until the end of its month, on the world's clock")
    func expiry() async throws {
        try await ServiceBench.run(PaymentsService()) { bench in
            let body = Cards.body(Cards.paid, month: 1, year: 2026)
            #expect(try await bench.call(.post, "/api/v1/payment-tokens", body, as: .ada).status == 201)
            bench.time.advance(by: .seconds(31 * 86_400))
            let late = try await bench.call(.post, "/api/v1/payment-tokens", body, as: .ada)
            #expect(late.status == 422)
            #expect(late.json["errors"]?[0]?["field"]?.string == "expiryYear")
        }
    }

    @Test("a payment shows to its owner and to staff, and is an empty list to others")
    func visibility() async throws {
        try await ServiceBench.run(PaymentsService()) { bench in
            let token = try await bench.token(for: Cards.paid)
            try await bench.charge("o1", token)
            try await bench.messages(of: "o1", count: 1)
            for principal in [Principal.ada, .linus, .root] {
                #expect(try await bench.listed("o1", as: principal) == ["captured"])
            }
            for principal in [Principal.grace, .manager] {
                #expect(try await bench.listed("o1", as: principal).isEmpty)
            }
            #expect(try await bench.listed("unknown").isEmpty)
            let answer = try await bench.call(.get, "/api/v1/payments?orderId=o1", as: .ada)
            let item = try #require(answer.json["items"]?[0])
            #expect(item["orderId"]?.string == "o1")
            #expect(item["amount"]?["amount"]?.integer == 9_999)
            #expect(item["amount"]?["currency"]?.string == "USD")
            #expect(item["id"]?.string?.isEmpty == false)
        }
    }

    @Test(
        "the order must be named, and nothing else",
        arguments: ["", "?orderId=", "?orderId=a%20b", "?orderId=o1&x=1"])
    func query(query: String) async throws {
        try await ServiceBench.run(PaymentsService()) { bench in
            let answer = try await bench.call(.get, "/api/v1/payments\(query)", as: .ada)
            #expect(answer.status == 422)
        }
    }

    @Test("without its provider the service is degraded, not down")
    func health() async throws {
        let box = ProbeBox()
        try await ServiceBench.run(box.service) { bench in
            #expect(try await bench.call(.get, "/health/ready").json["status"]?.string == "healthy")
            box.probe.setAway(true)
            let answer = try await bench.call(.get, "/health/ready")
            #expect(answer.status == 200)
            #expect(answer.json["status"]?.string == "degraded")
        }
    }
}
