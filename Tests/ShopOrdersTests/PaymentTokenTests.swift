internal import FlotillaCore
internal import FlotillaHTTP
internal import FlotillaMessaging
internal import FlotillaProtobuf
internal import FlotillaTesting
internal import HTTPTypes
internal import ShopContracts
internal import Testing

@testable internal import ShopOrders

@Suite("Another card for an order that awaits its payment") struct PaymentTokenTests {
    @Test("Payments is told at once, the order shows who did it, and completes when the new card has paid")
    func replaced() async throws {
        try await OrdersBench.run { orders in
            let order = try await orders.placeAndReserve()
            let answer = try await orders.replace(order, "tok_second")
            #expect(answer.status == 202)
            #expect(answer.json["id"]?.string == order)
            #expect(answer.json["status"]?.string == "awaitingPayment")
            #expect(answer.json["items"]?.array?.count == 1)
            let second = try await orders.command(ProcessPayment.self, of: order, number: 2)
            #expect(try await orders.asked(order) == ["tok_first 0", "tok_second 1"])
            let events = try await orders.bench.call(.get, "/api/v1/orders/\(order)/events", as: .ada)
            let last = events.json["items"]?.array?.last
            #expect(last?["type"]?.string == "payment-token-replaced.v1")
            #expect(last?["actor"]?.string == "ada")
            try await orders.pay(second)
            try await orders.ship(order)
            let history = try await orders.bench.call(.get, "/api/v1/orders/\(order)", as: .ada).json["history"]
            #expect(
                history?.array?.compactMap { $0["status"]?.string }
                    == ["created", "awaitingPayment", "paid", "shipping", "completed"])
        }
    }

    @Test("the old card fails after it was replaced: nothing happens; the new one fails: the order is cancelled")
    func oldOneFails() async throws {
        try await OrdersBench.run { orders in
            let order = try await orders.placeAndReserve()
            let first = try await orders.command(ProcessPayment.self, of: order)
            #expect(try await orders.replace(order, "tok_second").status == 202)
            let second = try await orders.command(ProcessPayment.self, of: order, number: 2)
            try await orders.decline(first)
            try await orders.decline(first)
            await settle()
            #expect(try await orders.status(of: order) == "awaitingPayment")
            #expect(try await orders.commands(RefundPayment.self, of: order).isEmpty)
            #expect(try await orders.commands(ReleaseItems.self, of: order).isEmpty)
            try await orders.decline(second, reason: "insufficient-funds")
            try await orders.release(order)
            let history = try await orders.bench.call(.get, "/api/v1/orders/\(order)", as: .ada).json["history"]
            #expect(history?.array?.last?["reason"]?.string == "insufficient-funds")
        }
    }

    @Test("the old card pays after it was replaced: the order is paid, once, whatever the later command is told")
    func oldOnePays() async throws {
        try await OrdersBench.run { orders in
            let order = try await orders.placeAndReserve()
            let first = try await orders.command(ProcessPayment.self, of: order)
            #expect(try await orders.replace(order, "tok_second").status == 202)
            let second = try await orders.command(ProcessPayment.self, of: order, number: 2)
            try await orders.pay(first)
            try await orders.wait(for: order, toBe: "paid")
            let late = try await orders.replace(order, "tok_third")
            #expect(late.status == 409)
            #expect(late.json["type"]?.string == "/problems/not-awaiting-payment")
            try await orders.pay(second)
            try await orders.decline(second)
            try await orders.ship(order)
            #expect(try await orders.commands(CommitItems.self, of: order).count == 1)
            #expect(try await orders.commands(ScheduleShipping.self, of: order).count == 1)
            #expect(try await orders.asked(order).count == 2)
        }
    }

    @Test("replaced twice, only the last card can fail; the command that is sent again is the last one")
    func twice() async throws {
        try await OrdersBench.run { orders in
            let order = try await orders.placeAndReserve()
            #expect(try await orders.replace(order, "tok_second").status == 202)
            #expect(try await orders.replace(order, "tok_first").status == 202)
            let third = try await orders.command(ProcessPayment.self, of: order, number: 3)
            #expect(try await orders.asked(order) == ["tok_first 0", "tok_second 1", "tok_first 2"])
            for number in 1...2 {
                try await orders.decline(try await orders.command(ProcessPayment.self, of: order, number: number))
            }
            try await orders.bench.advance(until: "the command was sent again", step: .seconds(5)) {
                try await orders.asked(order).count == 4
            }
            #expect(try await orders.asked(order).last == "tok_first 2")
            #expect(try await orders.status(of: order) == "awaitingPayment")
            try await orders.decline(third)
            try await orders.release(order)
        }
    }

    @Test("the same token again is answered alike, and nothing is recorded or sent")
    func same() async throws {
        try await OrdersBench.run { orders in
            let order = try await orders.placeAndReserve()
            #expect(try await orders.replace(order, "tok_first").status == 202)
            for _ in 1...5 { #expect(try await orders.replace(order, "tok_second").status == 202) }
            await settle()
            #expect(try await orders.asked(order) == ["tok_first 0", "tok_second 1"])
            #expect(
                try await orders.events(of: order)
                    == ["order-placed.v1", "payment-requested.v1", "payment-token-replaced.v1"])
        }
    }

    @Test("many at once are taken one after the other: versions without gaps, the last command has the last token")
    func atOnce() async throws {
        try await OrdersBench.run { orders in
            let order = try await orders.placeAndReserve()
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...8 {
                    group.addTask { try await orders.replace(order, "tok_\(number)").status }
                }
                for try await status in group { #expect(status == 202) }
            }
            let last = try await orders.command(ProcessPayment.self, of: order, number: 9)
            let asked = try await orders.commands(ProcessPayment.self, of: order).map {
                try ProcessPayment(messageBytes: $0.data)
            }
            #expect(asked.map(\.tokenVersion) == (0...8).map { Int32($0) })
            #expect(Set(asked.map(\.paymentToken)).count == 9)
            try await orders.pay(last)
            try await orders.ship(order)
        }
    }

    @Test("nine replacements are the most; the ninth token may be repeated")
    func bounded() async throws {
        try await OrdersBench.run { orders in
            let order = try await orders.placeAndReserve()
            for number in 1...9 { #expect(try await orders.replace(order, "tok_\(number)").status == 202) }
            let tenth = try await orders.replace(order, "tok_10")
            #expect(tenth.status == 409)
            #expect(tenth.json["type"]?.string == "/problems/too-many-payment-tokens")
            #expect(try await orders.replace(order, "tok_9").status == 202)
            #expect(try await orders.events(of: order).count == 11)
        }
    }

    @Test("only its owner may, and for others, staff as well, there is no such order")
    func strangers() async throws {
        try await OrdersBench.run { orders in
            let order = try await orders.placeAndReserve()
            for principal in [Principal.grace, .linus, .mary, .root] {
                #expect(try await orders.replace(order, "tok_other", as: principal).status == 404)
            }
            #expect(try await orders.replace(order, "tok_other", as: nil).status == 401)
            #expect(try await orders.replace("NO-SUCH-ORDER", "tok_other").status == 404)
            #expect(try await orders.replace(order, "no token; at all").status == 422)
            #expect(try await orders.replace(order, "").status == 422)
            let unknown: JSONValue = ["paymentToken": "tok_second", "cvc": "123"]
            let answer = try await orders.bench.call(.put, "/api/v1/orders/\(order)/payment-token", unknown, as: .ada)
            #expect(answer.status == 422)
            #expect(try await orders.asked(order) == ["tok_first 0"])
        }
    }

    @Test("an order that does not await its payment keeps its card: 409 before, on the way back, and after its end")
    func tooEarlyOrLate() async throws {
        try await OrdersBench.run { orders in
            let early = try await orders.place()
            #expect(try await orders.refusal(early) == "not-awaiting-payment")

            let cancelled = try await orders.placeAndReserve()
            let cancel = try await orders.bench.call(.post, "/api/v1/orders/\(cancelled)/cancel", as: .ada)
            #expect(cancel.status == 202)
            #expect(try await orders.refusal(cancelled) == "already-being-cancelled")
            try await orders.answer(
                try await orders.command(RefundPayment.self, of: cancelled), PaymentRefunded { $0.orderID = cancelled })
            try await orders.release(cancelled)
            #expect(try await orders.refusal(cancelled) == "not-awaiting-payment")

            let declined = try await orders.placeAndReserve()
            try await orders.decline(try await orders.command(ProcessPayment.self, of: declined))
            try await orders.command(ReleaseItems.self, of: declined)
            #expect(try await orders.status(of: declined) == "awaitingPayment")
            #expect(try await orders.refusal(declined) == "not-awaiting-payment")
            try await orders.release(declined)

            let done = try await orders.placeAndReserve()
            try await orders.pay(try await orders.command(ProcessPayment.self, of: done))
            try await orders.ship(done)
            #expect(try await orders.refusal(done) == "not-awaiting-payment")
            for order in [early, cancelled, declined, done] {
                #expect(try await orders.events(of: order).contains("payment-token-replaced.v1") == false)
                #expect(try await orders.asked(order).count <= 1)
            }
        }
    }
}

extension OrdersBench {
    /// The problem another card is refused with.
    fileprivate func refusal(_ order: String) async throws -> String? {
        let answer = try await replace(order, "tok_second")
        #expect(answer.status == 409)
        return answer.json["type"]?.string?.split(separator: "/").last.map(String.init)
    }
}
