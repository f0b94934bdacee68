internal import FlotillaCore
internal import FlotillaObservability
internal import Testing

@Suite("Redaction") struct RedactionTests {
    @Test("the numbers of test cards go", arguments: [
        "4242424242424242", "4000000000000002", "4000000000009995", "4000000000000119", "4000000000000341",
        "378282246310005", "6011111111111117", "30569309025904", "4222222222222", "6304000000000000",
        "3566002020360505", "5555555555554444",
    ])
    func knownCards(number: String) { #expect(Redaction.text("number \(number).") == "number [card].") }

    @Test("ordinary text stays as it is", arguments: [
        "", "order placed", "GET /orders/{id} took 12 ms", "2026-11-21T08:30:00.125Z", "01KC0Z9Q4T8M3V5N7P2R6S1W0X",
        "basic needs are met", "a bearer of news", "eyewitness.report.example", "123 456 789", "4242 4242 4242",
        "phone: +49 30 901820", "10.0.0.1:8080", "naïve – ünïcode ✓",
    ])
    func ordinary(text: String) { #expect(Redaction.text(text) == text) }

    @Test("a card number goes, grouped in any way", arguments: [
        "4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", "4242  4242  4242  4242",
        "3782 822463 10005", "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2",
    ])
    func cards(text: String) {
        #expect(Redaction.text(text) == "[card]")
        #expect(Redaction.text("paid with \(text), thanks") == "paid with [card], thanks")
        #expect(Redaction.text("x\(text)y") == "x[card]y")
    }

    @Test("a number that fails the check stays")
    func noCard() { #expect(Redaction.text("1234567890123") == "1234567890123") }

    @Test("a card number in any position never survives")
    func cardFuzz() throws {
        let random = SeededRandom(seed: 20_260_101)
        let around = Array(
            ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                + " \t\n-_.,:;=+/\\\"'{}[]()<>&?%é€😀").unicodeScalars)
        func noise() -> String {
            var text = ""
            for _ in 0..<random.int(in: 0...40) {
                text.unicodeScalars.append(around[random.int(in: 0...around.count - 1)])
            }
            return text
        }
        for round in 0..<5_000 {
            let card = luhnNumber(length: random.int(in: 13...19), random)
            let separators = ["", "", " ", "-", "  ", " -"]
            let separator = separators[random.int(in: 0...separators.count - 1)]
            let group = random.int(in: 1...6)
            var written = ""
            for (index, digit) in card.enumerated() {
                if index > 0, index % group == 0 { written += separator }
                written.append(digit)
            }
            let text = noise() + written + noise()
            let redacted = Redaction.text(text)
            #expect(!digits(redacted).contains(card), "round \(round): \(text) became \(redacted)")
            #expect(!redacted.contains(written), "round \(round): \(text) became \(redacted)")
        }
    }

    @Test("a card number at the cut of a long text does not survive in part")
    func cut() {
        for offset in 0...20 {
            let text = String(repeating: "x ", count: 200 - offset) + "4242 4242 4242 4242 and more"
            let redacted = Redaction.text(text, bytesMax: 100)
            #expect(redacted.utf8.count <= 100)
            #expect(redacted.hasSuffix("…"))
            #expect(!redacted.contains("4"))
        }
        // What is redacted makes the text shorter, and what follows moves up into the bound.
        let tokens = String(repeating: "password=\(String(repeating: "p", count: 90)) ", count: 4) + "4242424242424242"
        #expect(!Redaction.text(tokens, bytesMax: 100).contains("42"))
    }

    @Test("a text is cut at a whole character")
    func cutCharacter() {
        let redacted = Redaction.text(String(repeating: "é", count: 100), bytesMax: 52)
        #expect(redacted == String(repeating: "é", count: 24) + "…")
        #expect(Redaction.text("short", bytesMax: 5) == "short")
    }

    @Test("credentials go", arguments: [
        ("Authorization: Bearer abc.def-ghi_123~+/=", "Authorization: [redacted]"),
        ("got bearer 0123456789abcdef today", "got bearer [redacted] today"),
        ("Basic dXNlcjpwYXNz", "Basic [redacted]"),
        ("with eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln in it", "with [redacted] in it"),
        ("https://shop.example/?t=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln",
         "https://shop.example/?t=[redacted]"),
        ("password=hunter2&user=ada", "password=[redacted]&user=ada"),
        ("{\"email\":\"ada@shop.example\",\"password\":\"hun\\\"ter2\",\"cvc\":123}",
         "{\"email\":\"ada@shop.example\",\"password\":\"[redacted]\",\"cvc\":[redacted]}"),
        ("body was \"{\\\"refreshToken\\\":\\\"s3cr3t\\\"}\"",
         "body was \"{\\\"refreshToken\\\":\\\"[redacted]\\\"}\""),
        ("API_KEY: k-1 next", "API_KEY: [redacted] next"),
        ("Set-Cookie: sid=1; Path=/; HttpOnly\nnext", "Set-Cookie: [redacted]\nnext"),
        ("client_secret = 'a b'", "client_secret = '[redacted]'"),
    ])
    func credentials(text: String, expected: String) { #expect(Redaction.text(text) == expected) }

    @Test("values of telling names go, whatever they are", arguments: [
        "password", "Password", "newPassword", "cvc", "card.cvc", "number", "card.number", "authorization",
        "Authorization", "access_token", "paymentToken", "client-secret", "X-API-Key", "Cookie", "pin",
    ])
    func names(key: String) {
        #expect(Redaction.isSensitive(key: key))
        #expect(Redaction.value("x", key: key) == "[redacted]")
    }

    @Test("values of other names stay", arguments: ["orderNumber", "name", "status", "pinned", "spanId", "company"])
    func otherNames(key: String) { #expect(Redaction.value("x", key: key) == "x") }

    /// Random digits and the one that makes the Luhn sum right.
    private func luhnNumber(length: Int, _ random: SeededRandom) -> String {
        var digits = (0..<length - 1).map { _ in random.int(in: 0...9) }
        digits[0] = random.int(in: 1...9)
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let weighted = index % 2 == 0 ? digit * 2 : digit
            sum += weighted > 9 ? weighted - 9 : weighted
        }
        return (digits + [(10 - sum % 10) % 10]).map(String.init).joined()
    }

    private func digits(_ text: String) -> String { text.filter { ("0"..."9").contains($0) } }
}
