internal import FlotillaCore
internal import FlotillaSecurity
internal import Testing

@Suite struct OpaqueSecretTests {
    @Test("a secret reads back from its text and is known by its digest only")
    func roundTrip() throws {
        let random = SeededRandom(seed: 5)
        let secret = OpaqueSecret(from: random)
        #expect(secret.text.exposed.utf8.count == 43)
        let read = try #require(OpaqueSecret(text: secret.text.exposed))
        #expect(read.matches(secret.digest))
        #expect(!OpaqueSecret(from: random).matches(secret.digest))
        #expect(!secret.matches([]))
        #expect(secret.digest.count == 32)
    }

    @Test("what is no secret is refused", arguments: ["", "abc", String(repeating: "=", count: 43)])
    func refused(text: String) { #expect(OpaqueSecret(text: text) == nil) }
}
