internal import FlotillaCore
internal import Testing

@testable internal import FlotillaSecurity

@Suite struct Base64Tests {
    @Test("the vectors of RFC 4648, without padding", arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"),
    ])
    func vectors(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(Array(encoded.utf8)) == Array(plain.utf8))
    }

    @Test("any bytes read back, in both alphabets", arguments: 0..<50)
    func roundTrip(length: Int) {
        let bytes = SeededRandom(seed: UInt64(length)).bytes(length)
        for alphabet in [Base64.Alphabet.url, .standard] {
            #expect(Base64.decode(Array(Base64.encode(bytes, alphabet).utf8), alphabet) == bytes)
        }
    }

    @Test("padding, other characters, impossible lengths and stray bits are refused", arguments: [
        "Zg==", "Z", "Zm9vY", "Zm9v!", "Zm 9v", "Zh", "Zm9", "Zm8\n", "é",
    ])
    func refused(text: String) { #expect(Base64.decode(Array(text.utf8)) == nil) }

    @Test("an alphabet does not read the other's characters")
    func alphabets() {
        #expect(Base64.encode([251, 255]) == "-_8")
        #expect(Base64.decode(Array("-_8".utf8), .standard) == nil)
        #expect(Base64.decode(Array("+/8".utf8), .url) == nil)
    }
}
