internal import FlotillaCore
@testable internal import FlotillaTranscoding

/// Messages made by chance, in every form that the wire allows.
struct RandomMessage {
    let schema: ProtoSchema
    let random: SeededRandom

    init(_ schema: ProtoSchema, seed: UInt64) {
        self.schema = schema
        random = SeededRandom(seed: seed)
    }

    func bytes(_ type: MessageType, depth: Int = 0) -> [UInt8] {
        switch type.special {
        case .timestamp: return time(ProtoTime.timestampSeconds, nanos: 0...999_999_999)
        case .duration: return time(0...ProtoTime.durationSeconds.upperBound, nanos: 0...999_999_999)
        case .any: return []
        case .fieldMask:
            var writer = WireWriter()
            for name in ["a_b", "c"] where chance(0.5) {
                writer.tag(1, .length)
                writer.piece(name.utf8)
            }
            return writer.bytes
        // A Value without a kind cannot be written as JSON by generated code.
        case .value:
            var writer = WireWriter()
            writer.tag(2, .eightBytes)
            writer.eightBytes(Double(random.int(in: -9...9)).bitPattern)
            return writer.bytes
        default: break
        }
        var pieces: [[UInt8]] = []
        for field in type.fields where chance(0.6) || type.isMapEntry {
            switch field.label {
            case .implicit, .explicit: pieces.append(single(field, depth))
            case .repeated: pieces += repeated(field, depth)
            case .map: for _ in 0..<random.int(in: 0...3) { pieces.append(single(field, depth)) }
            }
            if field.label == .explicit, field.kind.isMessage, chance(0.2) { pieces.append(single(field, depth)) }
        }
        if chance(0.3) { pieces.append(unknown()) }
        if chance(0.5), pieces.count > 1 {
            for index in 1..<pieces.count { pieces.swapAt(index, random.int(in: 0...index)) }
        }
        return pieces.flatMap { $0 }
    }

    private func chance(_ share: Double) -> Bool { random.unit() < share }

    private func time(_ seconds: ClosedRange<Int64>, nanos: ClosedRange<Int>) -> [UInt8] {
        var writer = WireWriter()
        writer.tag(1, .varint)
        let width = UInt64(seconds.upperBound - seconds.lowerBound)
        writer.varint(UInt64(bitPattern: seconds.lowerBound + Int64(random.next() % (width + 1))))
        writer.tag(2, .varint)
        writer.varint(UInt64(chance(0.5) ? 0 : random.int(in: nanos)))
        return writer.bytes
    }

    private func unknown() -> [UInt8] {
        var writer = WireWriter()
        writer.tag(5_000, .length)
        writer.piece([1, 2, 3])
        writer.tag(5_001, .varint)
        writer.varint(random.next())
        return writer.bytes
    }

    private func single(_ field: FieldType, _ depth: Int) -> [UInt8] {
        var writer = WireWriter()
        writer.tag(field.number, field.kind.wireType)
        value(field.kind, &writer, depth)
        return writer.bytes
    }

    private func repeated(_ field: FieldType, _ depth: Int) -> [[UInt8]] {
        // Packed, single and mixed are all allowed, whatever the file says.
        guard field.kind.isPackable, chance(0.6) else {
            return (0..<random.int(in: 0...3)).map { _ in single(field, depth) }
        }
        var writer = WireWriter()
        writer.tag(field.number, .length)
        let start = writer.begin()
        for _ in 0..<random.int(in: 0...40) { value(field.kind, &writer, depth) }
        writer.end(start)
        return [writer.bytes] + (chance(0.3) ? [single(field, depth)] : [])
    }

    private func value(_ kind: FieldKind, _ writer: inout WireWriter, _ depth: Int) {
        switch kind {
        case .message(let index):
            let type = schema.messages[index]
            writer.piece(depth < 3 || type.special == .value || type.isMapEntry ? bytes(type, depth: depth + 1) : [])
        case .string: writer.piece(text().utf8)
        case .bytes: writer.piece(random.bytes(random.int(in: 0...40)))
        case .bool: writer.varint(UInt64(random.int(in: 0...1)))
        case .enumeration: writer.varint([0, 1, 2, 7, UInt64(bitPattern: -1)][random.int(in: 0...4)])
        case .double: writer.eightBytes(double().bitPattern)
        case .float: writer.fourBytes(Float(double()).bitPattern)
        case .fixed32, .sfixed32: writer.fourBytes(UInt32(truncatingIfNeeded: number()))
        case .fixed64, .sfixed64: writer.eightBytes(number())
        case .uint32, .sint32: writer.varint(number() & 0xFFFF_FFFF)
        case .int32: writer.varint(UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: number()))))
        case .int64, .uint64, .sint64: writer.varint(number())
        }
    }

    private func number() -> UInt64 {
        switch random.int(in: 0...4) {
        case 0: 0
        case 1: UInt64(random.int(in: 1...300))
        case 2: .max
        case 3: 1 << 63
        default: random.next()
        }
    }

    private func double() -> Double {
        let few = [0, -0.0, 1, 0.1, -2.5, 1e300, 5e-324, .infinity, -.infinity, .greatestFiniteMagnitude]
        return chance(0.7) ? few[random.int(in: 0...few.count - 1)] : Double(Int64(bitPattern: random.next()))
    }

    private func text() -> String {
        let few = ["", "a", "\"quoted\"\n\\", "Größe 😀", "\u{0}\u{1F}", String(repeating: "long ", count: 40)]
        return few[random.int(in: 0...few.count - 1)]
    }
}
