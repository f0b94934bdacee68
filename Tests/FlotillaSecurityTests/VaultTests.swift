internal import FlotillaCore
internal import FlotillaTesting
internal import Testing

@testable internal import FlotillaSecurity

@Suite struct VaultTests {
    private let random = SeededRandom(seed: 7)

    private func slug(_ body: () throws -> Any) -> String? {
        do {
            _ = try body()
            return nil
        } catch { return (error as? ServiceError)?.slug ?? "\(error)" }
    }

    @Test("what was sealed opens, whatever its length", arguments: [0, 1, 15, 16, 17, 1000, Vault.valueBytesMax])
    func roundTrip(length: Int) throws {
        let vault = Vault(ring: VaultKeyRing(newFrom: random), random: random)
        let value = random.bytes(length)
        let sealed = try vault.seal(value, context: "users/email/1")
        #expect(sealed.count == length + SealedEnvelope.overheadBytes)
        #expect(SealedEnvelope.overheadBytes == 93)
        #expect(try vault.open(sealed, context: "users/email/1") == value)
    }

    @Test("the same text is sealed differently each time, and never shows")
    func neverTwice() throws {
        let vault = Vault(ring: VaultKeyRing(newFrom: random), random: random)
        let text = Secret("ada@shop.example")
        let (one, two) = (try vault.seal(text, context: "c"), try vault.seal(text, context: "c"))
        #expect(one != two)
        #expect(try vault.openText(one, context: "c") == text)
        #expect(!String(decoding: one, as: UTF8.self).contains("ada"))
    }

    @Test("a change of any byte is noticed")
    func tampering() throws {
        let vault = Vault(ring: VaultKeyRing(newFrom: random), random: random)
        let sealed = try vault.seal([1, 2, 3], context: "c")
        for position in sealed.indices {
            var changed = sealed
            changed[position] ^= 1
            #expect(slug { try vault.open(changed, context: "c") } == "sealed-value", "byte \(position)")
        }
        for length in [0, 1, 92, sealed.count - 1] {
            #expect(slug { try vault.open(Array(sealed.prefix(length)), context: "c") } == "sealed-value")
        }
        #expect(slug { try vault.open(sealed + [0], context: "c") } == "sealed-value")
    }

    @Test("a value moved to another row, or given another value's data key, does not open")
    func binding() throws {
        let vault = Vault(ring: VaultKeyRing(newFrom: random), random: random)
        let (one, two) = (try vault.seal([1], context: "row/1"), try vault.seal([2], context: "row/1"))
        #expect(slug { try vault.open(one, context: "row/2") } == "sealed-value")
        let split = 1 + VaultKeyRing.idBytes + SealedEnvelope.wrapBytes
        #expect(slug { try vault.open(Array(one[..<split] + two[split...]), context: "row/1") } == "sealed-value")
    }

    @Test("after a rotation old values open, new ones use the new key, and re-sealing moves them over")
    func rotation() throws {
        let old = VaultKeyRing(newFrom: random)
        let new = try old.rotated(from: random)
        let sealed = try Vault(ring: old, random: random).seal([7], context: "c")
        let vault = Vault(ring: new, random: random)
        #expect(try vault.open(sealed, context: "c") == [7])
        #expect(vault.needsResealing(sealed))
        let resealed = try vault.resealed(sealed)
        #expect(!vault.needsResealing(resealed))
        #expect(try vault.open(resealed, context: "c") == [7])
        #expect(slug { try Vault(ring: old, random: random).open(resealed, context: "c") } == "sealed-value")
    }

    @Test("a value that is too large is refused")
    func tooLarge() {
        let vault = Vault(ring: VaultKeyRing(newFrom: random), random: random)
        let value = [UInt8](repeating: 0, count: Vault.valueBytesMax + 1)
        #expect(slug { try vault.seal(value, context: "c") } == "value-too-large")
    }

    @Test("a ring is stored readable by its owner only, and reads back")
    func ringFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "vault.keys")
        let ring = try VaultKeyRing.loadOrCreate(at: path, random: random)
        #expect(try folder.mode("vault.keys") == 0o600)
        #expect(try VaultKeyRing.loadOrCreate(at: path, random: random).ids == ring.ids)
        let rotated = try ring.rotated(from: random)
        try rotated.save(to: path)
        #expect(try folder.mode("vault.keys") == 0o600)
        #expect(try VaultKeyRing.load(from: path)?.ids == ring.ids + [rotated.currentID])
        #expect(try folder.contents().map(\.path) == ["vault.keys"])
        try folder.setMode("vault.keys", 0o644)
        #expect(slug { try VaultKeyRing.load(from: path) as Any } == "key-file")
    }

    @Test("a damaged ring is refused", arguments: [
        "", "# nothing\n", "00000000:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", "66687aad:AAAA\n", "no colon\n",
    ])
    func damagedRing(text: String) { #expect(slug { try VaultKeyRing(text: Secret(text)) } == "vault-keys") }

    @Test("the golden form of a ring, with comments and old keys first")
    func goldenRing() throws {
        // SHA-256 of 32 zero bytes begins with 66687aad.
        let zero = "66687aad:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
        let ring = try VaultKeyRing(text: Secret("# made for a test\n\n" + zero))
        #expect(ring.currentID == "66687aad")
        #expect(ring.text == Secret(zero))
        #expect("\(ring)" == "VaultKeyRing(66687aad)")
        #expect(slug { try VaultKeyRing(text: Secret(zero + zero)) } == "vault-keys")
    }

    @Test("a full ring refuses another key")
    func fullRing() throws {
        var ring = VaultKeyRing(newFrom: random)
        for _ in 1..<VaultKeyRing.keysMax { ring = try ring.rotated(from: random) }
        #expect(slug { try ring.rotated(from: random) } == "vault-keys")
    }
}

@Suite struct BlindIndexTests {
    @Test("an index depends on key, purpose and value, and on nothing else")
    func index() {
        let index = BlindIndex(key: [UInt8](repeating: 1, count: 32))
        let other = BlindIndex(key: [UInt8](repeating: 2, count: 32))
        let one = index.index("ada@shop.example", purpose: "email")
        #expect(one.count == 32)
        #expect(one == index.index("ada@shop.example", purpose: "email"))
        #expect(one != index.index("ada@shop.exampl", purpose: "email"))
        #expect(one != index.index("ada@shop.example", purpose: "phone"))
        #expect(index.index("bc", purpose: "a") != index.index("c", purpose: "ab"))
        #expect(one != other.index("ada@shop.example", purpose: "email"))
    }

    @Test("its key is stored readable by its owner only, and reads back")
    func file() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "index.key")
        let index = try BlindIndex.loadOrCreate(at: path, random: SeededRandom(seed: 1))
        let again = try BlindIndex.loadOrCreate(at: path, random: SeededRandom(seed: 2))
        #expect(index.index("x", purpose: "p") == again.index("x", purpose: "p"))
        #expect(try folder.mode("index.key") == 0o600)
    }
}
