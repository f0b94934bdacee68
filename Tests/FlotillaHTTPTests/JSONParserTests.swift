internal import FlotillaCore
internal import FlotillaHTTP
internal import Testing

@Suite("JSON parser") struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test("valid texts give their values", arguments: [
        ("null", JSONValue.null), ("true", true), ("false", false), (" \t\r\n1 ", 1), ("0", 0), ("-0", 0),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.5", 1.5), ("-0.25e2", -25.0),
        ("1E+2", 100.0), ("\"\"", ""), ("\"a\\u0041\\n\\/\\\\\\\"\"", "aA\n/\\\""),
        ("\"\\ud83d\\ude80\"", "🚀"), ("\"Straße 😀\"", "Straße 😀"), ("\"\\u0000\"", "\0"), ("[]", []),
        ("[1,[2,[3]]]", [1, [2, [3]]]), ("{}", [:]), ("{\"b\":1,\"a\":{\"c\":null}}", ["b": 1, "a": ["c": nil]]),
        ("[ ]", []), ("{ }", [:]), ("{\"\":0}", ["": 0]),
    ] as [(String, JSONValue)])
    func valid(text: String, value: JSONValue) throws { #expect(try parse(text) == value) }

    @Test("texts that are no JSON are refused", arguments: [
        "", " ", "nul", "nulll", "True", "01", "-", "+1", "1.", ".5", "1e", "1e+", "--1", "0x10", "1e400", "NaN",
        "Infinity", "'a'", "\"", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\ud800\"", "\"\\udc00\"",
        "\"\\ud800\\u0041\"", "\"\\ud800x\"", "\"\t\"", "\"\n\"", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]",
        "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "{1:1}",
        "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "1 1", "[]x", "// c\n1", "/**/1", "\u{FEFF}1", "\u{A0}1",
    ])
    func invalid(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test("bytes that are no UTF-8 are refused", arguments: [
        [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
        [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0x80, 0x22], [0xFF], [0x22, 0xC3, 0x22],
    ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    }

    @Test("nesting is bounded, and one level less is taken")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try parse(nested(32))
        let error = #expect(throws: JSONError.self) { try parse(nested(33)) }
        #expect(error?.offset == 32)
        #expect(throws: JSONError.self) { try parse(String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test("the length is bounded")
    func length() {
        let text = Array("[1,2,3]".utf8)
        #expect(throws: Never.self) { try JSONValue(parsing: text, bytesMax: 7) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: text, bytesMax: 6) }
    }

    @Test("a duplicate name is found among many names as well")
    func manyNames() throws {
        let members = (0..<5_000).map { "\"n\($0)\":\($0)" }
        let value = try parse("{\(members.joined(separator: ","))}")
        #expect(value.object?.count == 5_000)
        #expect(value["n4999"] == 4_999)
        #expect(throws: JSONError.self) { try parse("{\(members.joined(separator: ",")),\"n17\":0}") }
    }

    @Test("the error says where and what")
    func message() throws {
        let error = try #require(throws: JSONError.self) { try parse("{\"a\":1,\"a\":2}") }
        #expect(error.offset == 7)
        #expect(error.detail.contains("\"a\" occurs twice"))
        #expect(error.slug == "malformed-json")
        #expect(error.kind == .malformed)
    }

    @Test("random bytes never trap, and what is read is written and read again alike")
    func fuzz() throws {
        let random = SeededRandom(seed: 42)
        let alphabet = Array("{}[]\",:0123456789-+.eEtrufalsn\\ \u{80}\u{FF}dD8c".utf8)
        var readCount = 0
        for _ in 0..<30_000 {
            let length = random.int(in: 0...24)
            let isWild = random.int(in: 0...3) == 0
            let bytes = isWild ? random.bytes(length) : (0..<length).map { _ in
                alphabet[random.int(in: 0...alphabet.count - 1)]
            }
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            readCount += 1
            #expect(try JSONValue(parsing: value.bytes()) == value)
        }
        #expect(readCount > 100)
    }

    @Test("a valid text that is cut or changed anywhere never traps")
    func mutations() throws {
        let text = Array(
            #"{"id":"a\u00e9\ud83d\ude80","items":[{"quantity":12,"price":-1.5e3},null,true],"x":"ü"}"#.utf8)
        let random = SeededRandom(seed: 7)
        _ = try JSONValue(parsing: text)
        for end in text.indices { #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text[..<end])) } }
        for _ in 0..<20_000 {
            var changed = text
            for _ in 0...random.int(in: 0...2) {
                changed[random.int(in: 0...text.count - 1)] = UInt8(truncatingIfNeeded: random.next())
            }
            if let value = try? JSONValue(parsing: changed) { #expect(try JSONValue(parsing: value.bytes()) == value) }
        }
    }
}
