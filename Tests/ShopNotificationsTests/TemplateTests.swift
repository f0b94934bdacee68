internal import FlotillaCore
internal import ShopContracts
internal import Testing

@testable internal import ShopNotifications

@Suite("Texts") struct TemplateTests {
    private static let occasions = [
        Occasion(
            OrderCompleted {
                $0.orderID = "o1"
                $0.userID = "ada"
                let price = Money(amount: 450, currency: "USD")
                $0.lines = [PricedItem(productID: "p1", name: "Tea", quantity: 2, unitPrice: price)]
                $0.total = MoneyValue(Money(amount: 900, currency: "USD"))
            }),
        Occasion(
            OrderCancelled {
                $0.orderID = "o1"
                $0.userID = "ada"
                $0.reason = "sold-out"
            }),
        Occasion(
            OrderRefunded {
                $0.orderID = "o1"
                $0.userID = "ada"
                $0.amount = MoneyValue(Money(amount: 900, currency: "USD"))
                $0.reason = "cancelled-by-customer"
            }),
        Occasion(
            ShipmentDispatched {
                $0.orderID = "o1"
                $0.userID = "ada"
                $0.carrier = "Flotilla Post"
                $0.trackingCode = "FP123"
            }),
    ]

    @Test("there is an occasion for each kind, and its text finds all it needs", arguments: Occasion.Kind.allCases)
    func complete(kind: Occasion.Kind) throws {
        let texts = TemplateBook().texts(for: "en")
        let occasion = try #require(Self.occasions.first { $0.kind == kind })
        let template = try #require(texts.templates[kind])
        var known = Set(occasion.values.keys)
        if occasion.reason != nil { known.insert("reason") }
        #expect(template.placeholders.isSubset(of: known))
        #expect(template.placeholders.contains("order"))
    }

    @Test("the details of the order stand in the text")
    func details() throws {
        let texts = TemplateBook().texts(for: "en")
        let completed = try #require(texts.templates[.orderCompleted]).filled(with: Self.occasions[0].values)
        #expect(completed.title == "Your order o1 is confirmed")
        #expect(completed.text.contains("9.00 USD") && completed.text.contains("2 × Tea"))
        let dispatched = try #require(texts.templates[.shipmentDispatched]).filled(with: Self.occasions[3].values)
        #expect(dispatched.text.contains("Flotilla Post") && dispatched.text.contains("FP123"))
    }

    @Test("a language nobody has written is English", arguments: ["en", "en-GB", "EN", "tlh", "", "-"])
    func languages(tag: String) { #expect(TemplateBook().texts(for: tag).farewell == "Your Flotilla Shop") }

    @Test("a value that looks like a placeholder stays as it is")
    func valueWithBraces() {
        let filled = Template(title: "{a}{b}", text: "{a} and {b} and {c} and {").filled(with: ["a": "{b}", "b": "2"])
        #expect(filled.title == "{b}2")
        #expect(filled.text == "{b} and 2 and {c} and {")
    }

    @Test("control characters in values become spaces; line breaks stay in the text only")
    func controlCharacters() {
        let filled = Template(title: "{a}", text: "{a}").filled(with: ["a": "x\r\ny\u{0}\u{2028}z"])
        #expect(filled.title == "x  y  z")
        #expect(filled.text == "x \ny  z")
    }

    @Test(
        "money has the digits of its currency",
        arguments: [
            (9999, "USD", "99.99 USD"), (5, "EUR", "0.05 EUR"), (0, "EUR", "0.00 EUR"), (-150, "EUR", "-1.50 EUR"),
            (1200, "JPY", "1200 JPY"), (1234, "KWD", "1.234 KWD"), (1, "KWD", "0.001 KWD"),
        ])
    func money(amount: Int, currency: String, text: String) {
        #expect(Money(amount: Int64(amount), currency: currency).forPeople == text)
    }
}
