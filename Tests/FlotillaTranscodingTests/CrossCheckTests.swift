internal import FlotillaCore
internal import FlotillaHTTP
@testable internal import FlotillaTranscoding
internal import SwiftProtobuf
internal import Testing

/// The codec beside generated code: what one writes the other reads as the same message.
@Suite("The codec beside generated code") struct CrossCheckTests {
    /// Both from a little before where they part.
    private static func difference(_ one: String, _ other: String) -> String {
        let common = zip(one, other).prefix { $0 == $1 }.count
        return [one, other].map { String($0.dropFirst(max(0, common - 60)).prefix(160)) }.joined(separator: " is not ")
    }

    /// What differs; nil: nothing.
    private static func difference<Generated: Message>(
        _ generated: Generated.Type, _ schema: ProtoSchema, seed: UInt64
    ) throws -> String? {
        let type = try #require(schema.message(named: Generated.protoMessageName))
        let wire = RandomMessage(schema, seed: seed).bytes(type)
        var message = try Generated(serializedBytes: wire)
        message.unknownFieldsRemoved()
        // Ours from the wire, theirs from our JSON, in each style.
        for style in [JSONStyle(), JSONStyle(printsDefaults: true, usesProtoNames: true)] {
            let json = try MessageDecoder.json(of: wire, as: type, in: schema, style: style)
            let read = try Generated(jsonUTF8Bytes: json)
            let again = try Generated(serializedBytes: message.serializedBytes() as [UInt8])
            guard read.isEqualTo(message: again) else {
                return "decoding: \(try Self.difference(read.jsonString(), again.jsonString()))"
            }
        }
        // Theirs as JSON, ours from it, theirs from our wire.
        for options in JSONEncodingOptions.styles {
            let json = try message.jsonUTF8Bytes(options: options) as [UInt8]
            let value = try JSONValue(parsing: json, bytesMax: 16 << 20, depthMax: 64)
            let ours = try MessageEncoder.bytes(of: value, as: type, in: schema)
            let read = try Generated(serializedBytes: ours)
            guard read.isEqualTo(message: message) else {
                return "encoding: \(try Self.difference(read.jsonString(), message.jsonString()))"
            }
        }
        return nil
    }

    @Test("every message of the Shop")
    func shop() throws {
        let schema = try SchemaFixture.shop()
        let known = ShopMessages.all.map { $0.protoMessageName }
        let missing = schema.messages.filter { !$0.fullName.hasPrefix("google.") && !known.contains($0.fullName) }
        #expect(missing.map(\.fullName) == [])
        for message in ShopMessages.all {
            for seed in 0..<20 as Range<UInt64> {
                let difference = try Self.difference(message, schema, seed: seed)
                #expect(difference == nil, "\(message), seed \(seed)")
            }
        }
    }

    @Test("a message with fields of every kind, in every form that the wire allows")
    func everything() throws {
        let schema = try SchemaFixture.everything()
        for seed in 0..<400 as Range<UInt64> {
            let difference = try Self.difference(TestEverything.self, schema, seed: seed)
            #expect(difference == nil, "seed \(seed)")
        }
    }
}

extension Message {
    /// Fields that the type does not have cannot be written as JSON.
    fileprivate mutating func unknownFieldsRemoved() {
        if let known = try? Self(jsonUTF8Bytes: jsonUTF8Bytes() as [UInt8]) { self = known }
    }
}

extension JSONEncodingOptions {
    fileprivate static var styles: [JSONEncodingOptions] {
        var other = JSONEncodingOptions()
        other.alwaysPrintEnumsAsInts = true
        other.preserveProtoFieldNames = true
        return [JSONEncodingOptions(), other]
    }
}
