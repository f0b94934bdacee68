internal import FlotillaCore
internal import Testing

@testable internal import ShopNotifications

@Suite("Letters") struct MailLetterTests {
    private func letter(
        name: String = "Ada", subject: String = "Hello", text: String = "A line.\nAnother."
    ) throws -> [UInt8] {
        MailLetter(
            id: "01KAJ7M9Q3W4E5R6T7Y8V9B0NA", from: try #require(MailAddress("orders@shop.example")),
            fromName: "Flotilla Shop", to: try #require(MailAddress("ada@shop.example")), toName: name,
            subject: subject, text: text, date: Timestamp(seconds: 1_795_249_800)
        ).bytes
    }

    @Test("a plain letter reads as expected")
    func plain() throws {
        let read = LetterReader(try letter())
        #expect(read.values("From") == ["\"Flotilla Shop\" <orders@shop.example>"])
        #expect(read.values("To") == ["\"Ada\" <ada@shop.example>"])
        #expect(read.values("Subject") == ["Hello"])
        #expect(read.values("Date") == ["Sat, 21 Nov 2026 08:30:00 +0000"])
        #expect(read.values("Message-ID") == ["<01KAJ7M9Q3W4E5R6T7Y8V9B0NA@shop.example>"])
        #expect(read.values("Content-Type") == ["text/plain; charset=utf-8"])
        #expect(read.body == "A line.\nAnother.\n")
    }

    @Test(
        "nothing in a name or a subject becomes a header of its own",
        arguments: [
            "Ada\r\nBcc: everyone@shop.example", "Ada\nBcc: x@y.example", "Ada\rBcc: x@y.example",
            "Ada\u{2028}Bcc: x", "\r\n\r\nBody", "Ada\"> <eve@evil.example>, \"", "\\", "=?UTF-8?Q?=0D=0ABcc:_x?=",
        ])
    func injection(evil: String) throws {
        let plain = LetterReader(try letter()).headers.map(\.name)
        let read = LetterReader(try letter(name: evil, subject: evil))
        #expect(read.headers.map(\.name) == plain)
        #expect(read.body == "A line.\nAnother.\n")
        for value in read.values("To") + read.values("Subject") {
            #expect(!value.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x2028 })
        }
        // The address is the last thing in the field, and the only one outside of the quoted or encoded name.
        let address = " <ada@shop.example>"
        let field = try #require(read.headers.first { $0.name == "To" }?.value)
        #expect(field.hasSuffix(address))
        let name = field.dropLast(address.count)
        if name.hasPrefix("\"") {
            #expect(name.hasSuffix("\"") && !name.dropFirst().dropLast().contains { $0 == "\"" || $0 == "\\" })
        } else {
            #expect(name.hasPrefix("=?UTF-8?Q?") && name.hasSuffix("?=") && !name.contains("<"))
        }
    }

    @Test(
        "names and subjects in any script arrive",
        arguments: [
            "Zoë Müller", "李小龍", "Ольга Ладыженская и её замечательные уравнения математической физики",
            "👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀", "a_b=c?d", String(repeating: "long ", count: 40) + "end", " leading",
        ])
    func scripts(text: String) throws {
        let read = LetterReader(try letter(name: text, subject: text))
        #expect(read.values("Subject") == [text])
        let name = try #require(read.values("To").first).dropLast(" <ada@shop.example>".count)
        #expect(name == text || name == "\"\(text)\"")
        for line in read.lines { #expect(line.utf8.count <= 998) }
    }

    @Test(
        "any text arrives as it was written",
        arguments: [
            "Grüße, 你好 = 100% ✓", "trailing blank \ntab\t\nend", String(repeating: "x", count: 500), "a=3Db", "",
            "\n\n", ".\nFrom here", String(repeating: "ü", count: 100),
        ])
    func body(text: String) throws {
        let bytes = try letter(text: text)
        let read = LetterReader(bytes)
        #expect(read.body == text + "\n")
        #expect(bytes.allSatisfy { $0 == 13 || $0 == 10 || (0x20...0x7E).contains($0) })
        for line in read.lines.drop(while: { !$0.isEmpty }) { #expect(line.utf8.count <= 76) }
    }

    @Test("all line ends become the one of letters")
    func lineEnds() throws {
        #expect(LetterReader(try letter(text: "a\r\nb\rc\nd")).body == "a\nb\nc\nd\n")
    }

    @Test("days and months have their names", arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (951_782_399, "Mon, 28 Feb 2000 23:59:59 +0000"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"), (1_767_225_599, "Wed, 31 Dec 2025 23:59:59 +0000"),
    ])
    func dates(seconds: Int64, text: String) {
        #expect(MailLetter.mailDate(Timestamp(seconds: seconds)) == text)
    }

    @Test("plain addresses are taken", arguments: ["a@b", "ada@shop.example", "a.b+c_d'e@x-y.example"])
    func addresses(text: String) { #expect(MailAddress(text)?.text == text) }

    @Test(
        "what is no plain address is refused",
        arguments: [
            "", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\r\nBcc: c@d", "<a@b>", "a@b,c@d", "\"a\"@b", "ä@b.example",
            "a@b;", "a@[127.0.0.1]", "a\u{0}@b", String(repeating: "a", count: 250) + "@b.example",
        ])
    func noAddresses(text: String) { #expect(MailAddress(text) == nil) }
}
