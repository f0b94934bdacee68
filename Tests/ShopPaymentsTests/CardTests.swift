internal import FlotillaCore
internal import Testing

@testable internal import ShopPayments

@Suite("Cards") struct CardTests {
    @Test(
        "a valid number is taken, and its brand is known",
        arguments: [
            ("4242424242424242", CardBrand.visa), ("4000000000000002", .visa), ("4222222222222", .visa),
            ("5555555555554444", .mastercard), ("2223003122003222", .mastercard), ("378282246310005", .amex),
            ("6011111111111117", .discover), ("3056930009020004", .diners), ("3566002020360505", .jcb),
            ("6200000000000005", .unionpay), ("5019717010103742", .other),
        ])
    func valid(number: String, brand: CardBrand) throws {
        let card = try #require(CardNumber(number))
        #expect(card.brand == brand)
        #expect(card.last4 == String(number.suffix(4)))
    }

    @Test(
        "anything else is not a card number",
        arguments: [
            "", "4242424242424241", "4242424242424224", "42424242426", "42424242424242424242", "0000000000000000",
            "4242 4242 4242 4242", "4242-4242-4242-4242", "424242424242424a", "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "+242424242424242",
        ])
    func invalid(number: String) { #expect(CardNumber(number) == nil) }

    @Test("every single wrong digit is noticed")
    func wrongDigits() {
        let digits = Array("4242424242424242".utf8)
        for place in digits.indices {
            for digit in UInt8(ascii: "0")...UInt8(ascii: "9") where digit != digits[place] {
                var wrong = digits
                wrong[place] = digit
                #expect(CardNumber(String(decoding: wrong, as: UTF8.self)) == nil)
            }
        }
    }

    @Test("the number does not show in any description")
    func hidden() throws {
        let card = Card(
            number: try #require(CardNumber("4242424242424242")), expiry: CardExpiry(month: 1, year: 2030))
        var dumped = ""
        dump(card, to: &dumped)
        for text in ["\(card)", String(reflecting: card), "\(card.number)", dumped] {
            #expect(!text.contains("424242"), "shown in \(text)")
        }
    }

    @Test("a card is good until its month is over")
    func expiry() throws {
        let expiry = CardExpiry(month: 9, year: 2026)
        #expect(!expiry.isOver(at: try #require(Timestamp("2026-09-30T23:59:59Z"))))
        #expect(expiry.isOver(at: try #require(Timestamp("2026-10-01T00:00:00Z"))))
        #expect(!expiry.isOver(at: try #require(Timestamp("2025-12-31T00:00:00Z"))))
        #expect(CardExpiry(month: 12, year: 2025).isOver(at: try #require(Timestamp("2026-01-01T00:00:00Z"))))
        #expect(CardExpiry("2026-09") == expiry)
        #expect(CardExpiry("2026-13") == nil)
        #expect(CardExpiry("2026") == nil)
    }
}
