internal import FlotillaCore
internal import FlotillaHTTP
@testable internal import FlotillaTranscoding
internal import Testing

/// Whatever the bytes are, reading them ends, and what is read can be written again.
@Suite("Bytes that nobody meant") struct TranscodingFuzzTests {
    private static let inputs: UInt64 = 600

    private static func spoiled(_ bytes: [UInt8], _ random: SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<random.int(in: 1...4) where !bytes.isEmpty {
            let index = random.int(in: 0...bytes.count - 1)
            switch random.int(in: 0...4) {
            case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
            case 3: bytes.removeLast(bytes.count - index)
            default: bytes[index] ^= 1 << UInt8(random.int(in: 0...7))
            }
        }
        return bytes
    }

    @Test("messages end in JSON or in an error, and JSON in a message or an error")
    func messages() throws {
        let schema = try SchemaFixture.everything()
        let type = try #require(schema.message(named: "flotilla.test.v1.Everything"))
        var read = 0
        for seed in 0..<Self.inputs {
            let random = SeededRandom(seed: seed)
            let wire = Self.spoiled(RandomMessage(schema, seed: seed).bytes(type), random)
            let decoded = try? MessageDecoder.json(of: wire, as: type, in: schema, style: JSONStyle())
            guard let json = decoded else { continue }
            read += 1
            let value = try JSONValue(parsing: json, bytesMax: 16 << 20, depthMax: 128)
            let again = try MessageEncoder.bytes(of: value, as: type, in: schema)
            let back = try MessageDecoder.json(of: again, as: type, in: schema, style: JSONStyle())
            guard back == json else {
                let place = zip(json, back).enumerated().first { $1.0 != $1.1 }?.offset ?? min(json.count, back.count)
                let texts = [json, back].map { json in
                    String(decoding: json.dropFirst(max(0, place - 40)).prefix(90), as: UTF8.self)
                }
                Issue.record("seed \(seed): \(texts)")
                return
            }
            if let odd = try? JSONValue(parsing: Self.spoiled(json, random)) {
                _ = try? MessageEncoder.bytes(of: odd, as: type, in: schema)
            }
        }
        #expect(read > 20 && read < Int(Self.inputs))
    }

    @Test("noise is no message")
    func noise() throws {
        let schema = try SchemaFixture.everything()
        let type = try #require(schema.message(named: "flotilla.test.v1.Everything"))
        for seed in 0..<Self.inputs {
            let random = SeededRandom(seed: seed)
            _ = try? MessageDecoder.json(
                of: random.bytes(random.int(in: 0...60)), as: type, in: schema, style: JSONStyle(printsDefaults: true))
        }
    }

    @Test("descriptors that are none are refused, and files, too")
    func schemas() throws {
        let descriptors = try SchemaFixture.descriptors()
        let file = try #require(SchemaFixture.text("everything.proto"))
        var refused = 0
        for seed in 0..<300 as Range<UInt64> {
            let random = SeededRandom(seed: seed)
            do { _ = try ProtoSchema(descriptorSet: Self.spoiled(descriptors, random)) } catch { refused += 1 }
            let spoiled = Self.spoiled(file, random)
            do { _ = try ProtoSchema(files: ["a"]) { $0 == "a" ? spoiled : nil } } catch { refused += 1 }
        }
        #expect(refused > 50 && refused < 600)
    }

    @Test("a few bytes cannot stand for any amount of JSON, or any depth")
    func bounds() throws {
        let schema = try SchemaFixture.everything()
        let type = try #require(schema.message(named: "flotilla.test.v1.Everything"))
        var wire: [UInt8] = []
        for _ in 0..<100 {
            var outer = WireWriter()
            outer.tag(18, .length)
            outer.piece(wire)
            wire = outer.bytes
        }
        #expect(throws: WireError.tooDeep) {
            try MessageDecoder.json(of: wire, as: type, in: schema, style: JSONStyle())
        }
        let many = Array(repeating: [0xAA, 0x02, 0x00] as [UInt8], count: 1_000).flatMap { $0 }
        let style = JSONStyle(printsDefaults: true, bytesMax: 10_000)
        #expect(throws: WireError.self) { try MessageDecoder.json(of: many, as: type, in: schema, style: style) }
    }
}
