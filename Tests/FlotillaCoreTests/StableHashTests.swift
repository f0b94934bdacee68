internal import FlotillaCore
internal import Testing

@Suite("Stable hash") struct StableHashTests {
    @Test("it is FNV-1a with 64 bits: the known answers of its authors", arguments: [
        ("", 0xCBF2_9CE4_8422_2325), ("a", 0xAF63_DC4C_8601_EC8C), ("b", 0xAF63_DF4C_8601_F1A5),
        ("fo", 0x0898_5907_B541_D342), ("foobar", 0x8594_4171_F739_67E8),
    ] as [(String, UInt64)])
    func knownAnswers(text: String, value: UInt64) {
        #expect(StableHash(text).value == value)
        #expect(StableHash(Array(text.utf8)).value == value)
    }

    @Test("pieces hash like the whole")
    func pieces() {
        var hash = StableHash("foo")
        hash.combine("ba".utf8)
        hash.combine(UInt8(ascii: "r"))
        #expect(hash == StableHash("foobar"))
    }
}
