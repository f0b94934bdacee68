internal import FlotillaHTTP

/// Writes a message as JSON (ProtoJSON format), by the description of its type alone.
///
/// Fields stand in the order of the .proto file, whatever their order on the wire; fields that the type does not have
/// are left out. Whatever the bytes are, it ends: in JSON or in an error.
struct MessageDecoder {
    let schema: ProtoSchema
    let style: JSONStyle
    private(set) var bytes: [UInt8]
    /// What the messages under way have, the innermost at the end.
    private var found: [Occurrence] = []

    /// One value as it stands on the wire.
    private struct Occurrence {
        /// The field's place in its type.
        var place: Int32
        var type: WireType
        /// Of a number.
        var raw: UInt64
        /// Where its content stands; of a number, only its end counts.
        var content: Range<Int>
    }

    private init(_ bytes: [UInt8], _ schema: ProtoSchema, _ style: JSONStyle) {
        self.bytes = bytes
        self.schema = schema
        self.style = style
    }

    /// - Throws: ``WireError`` when the bytes are no such message.
    static func json(
        of bytes: [UInt8], as type: MessageType, in schema: ProtoSchema, style: JSONStyle
    ) throws -> [UInt8] {
        var decoder = MessageDecoder(bytes, schema, style)
        var json = JSONWriter(capacity: bytes.count * 2 + 64)
        try decoder.message(0..<bytes.count, type, &json, depth: 0)
        return json.bytes
    }

    // MARK: Messages

    mutating func message(
        _ range: Range<Int>, _ type: MessageType, _ json: inout JSONWriter, depth: Int
    ) throws {
        guard depth < WireReader.depthMax else { throw WireError.tooDeep }
        guard json.bytes.count <= style.bytesMax else {
            throw WireError(reason: "the message is longer than \(style.bytesMax) bytes, as JSON")
        }
        if let special = type.special { return try self.special(special, range, type, &json, depth: depth) }
        try json.object { json in try members(range, type, &json, depth: depth) }
    }

    mutating func members(
        _ range: Range<Int>, _ type: MessageType, _ json: inout JSONWriter, depth: Int
    ) throws {
        let base = found.count
        defer { found.removeLast(found.count - base) }
        try scan(range, type)
        var next = base
        for place in type.fields.indices {
            let start = next
            while next < found.count, found[next].place == place { next += 1 }
            guard next > start || style.printsDefaults else {
                if next == found.count, !style.printsDefaults { break }
                continue
            }
            try member(type.fields[place], start..<next, &json, depth: depth)
        }
    }

    /// Notes the values of a message, by field, those of one field in their order.
    private mutating func scan(_ range: Range<Int>, _ type: MessageType) throws {
        let base = found.count
        var reader = WireReader(bytes, in: range)
        var last: Int32 = -1
        var isInOrder = true
        var oneofs: [Winner] = []
        var hasRivals = false
        while !reader.isAtEnd {
            let tag = try reader.tag()
            guard let place = type.place(numbered: tag.number), Self.fits(tag.type, type.fields[place]) else {
                try reader.skip(tag.type, number: tag.number)
                continue
            }
            var occurrence = Occurrence(place: Int32(place), type: tag.type, raw: 0, content: 0..<0)
            switch tag.type {
            case .varint: occurrence.raw = try reader.varint()
            case .fourBytes: occurrence.raw = UInt64(try reader.fourBytes())
            case .eightBytes: occurrence.raw = try reader.eightBytes()
            default: occurrence.content = try reader.piece()
            }
            if tag.type != .length { occurrence.content = reader.index..<reader.index }
            found.append(occurrence)
            if occurrence.place < last { isInOrder = false }
            last = occurrence.place
            if let oneof = type.fields[place].oneof {
                let winner = Winner(oneof: oneof, place: occurrence.place, start: found.count - 1)
                if let index = oneofs.firstIndex(where: { $0.oneof == oneof }) {
                    guard oneofs[index].place != occurrence.place else { continue }
                    hasRivals = true
                    oneofs[index] = winner
                } else {
                    oneofs.append(winner)
                }
            }
        }
        if hasRivals { dropRivals(from: base, type, oneofs) }
        if !isInOrder {
            found[base...].sort { ($0.place, $0.content.upperBound) < ($1.place, $1.content.upperBound) }
        }
    }

    private static func fits(_ type: WireType, _ field: FieldType) -> Bool {
        type == field.kind.wireType || (type == .length && field.label == .repeated && field.kind.isPackable)
    }

    /// The member of a oneof that counts: the last on the wire, and of it what came after all others.
    private struct Winner {
        var oneof: Int
        var place: Int32
        /// Where in what was found it begins.
        var start: Int
    }

    private mutating func dropRivals(from base: Int, _ type: MessageType, _ winners: [Winner]) {
        var kept = base
        for index in base..<found.count {
            let oneof = type.fields[Int(found[index].place)].oneof
            if let winner = winners.first(where: { $0.oneof == oneof }), index < winner.start { continue }
            found[kept] = found[index]
            kept += 1
        }
        found.removeLast(found.count - kept)
    }

    // MARK: Fields

    private mutating func member(
        _ field: FieldType, _ occurrences: Range<Int>, _ json: inout JSONWriter, depth: Int
    ) throws {
        let name = style.usesProtoNames ? field.name : field.jsonName
        switch field.label {
        case .implicit, .explicit:
            guard let last = occurrences.last.map({ found[$0] }) else {
                if field.label == .implicit { writeDefault(field.kind, name, &json) }
                return
            }
            let isNothing = field.label == .implicit && Self.isNothing(last.raw, last.content, field.kind)
            guard !isNothing || style.printsDefaults else { return }
            json.name(name)
            let content = field.kind.isMessage ? joined(occurrences.map { found[$0].content }) : last.content
            try value(last.raw, content, field.kind, &json, depth: depth)
        case .repeated:
            // A packed piece can hold nothing.
            let isNothing = field.kind.isPackable
                && occurrences.allSatisfy { found[$0].type == .length && found[$0].content.isEmpty }
            guard !isNothing || style.printsDefaults else { return }
            try json.array(name) { json in
                for index in occurrences { try elements(found[index], field.kind, &json, depth: depth) }
            }
        case .map:
            guard case .message(let entry) = field.kind else { return }
            json.name(name)
            try map(occurrences, schema.messages[entry], &json, depth: depth)
        }
    }

    private mutating func elements(
        _ occurrence: Occurrence, _ kind: FieldKind, _ json: inout JSONWriter, depth: Int
    ) throws {
        guard occurrence.type == .length, kind.isPackable else {
            return try value(occurrence.raw, occurrence.content, kind, &json, depth: depth)
        }
        var reader = WireReader(bytes, in: occurrence.content)
        while !reader.isAtEnd {
            let raw: UInt64
            switch kind.wireType {
            case .fourBytes: raw = UInt64(try reader.fourBytes())
            case .eightBytes: raw = try reader.eightBytes()
            default: raw = try reader.varint()
            }
            try value(raw, 0..<0, kind, &json, depth: depth)
        }
    }

    /// A message in several pieces is what all of them say, one after the other; that is put behind everything.
    private mutating func joined(_ pieces: [Range<Int>]) -> Range<Int> {
        guard pieces.count > 1 else { return pieces.first ?? 0..<0 }
        let start = bytes.count
        for piece in pieces { bytes += bytes[piece] }
        return start..<bytes.count
    }

    private mutating func map(
        _ occurrences: Range<Int>, _ type: MessageType, _ json: inout JSONWriter, depth: Int
    ) throws {
        let key = type.fields[0]
        let content = type.fields[1]
        var entries: [(name: String, raw: UInt64, content: Range<Int>)] = []
        var places: [String: Int] = [:]
        for index in occurrences {
            let base = found.count
            defer { found.removeLast(found.count - base) }
            try scan(found[index].content, type)
            let pair = found[base...]
            let keyFound = pair.last { $0.place == 0 }
            let values = pair.filter { $0.place == 1 }
            let isMessage = content.kind.isMessage && !values.isEmpty
            let entry = (
                name: try Self.keyText(keyFound.map { ($0.raw, $0.content) } ?? (0, 0..<0), key.kind, bytes),
                raw: values.last?.raw ?? 0,
                content: isMessage ? joined(values.map(\.content)) : values.last?.content ?? 0..<0
            )
            // The last of two entries with one key is the one.
            if let place = places[entry.name] {
                entries[place] = entry
            } else {
                places[entry.name] = entries.count
                entries.append(entry)
            }
        }
        try json.object { json in
            for entry in entries {
                json.name(entry.name)
                try value(entry.raw, entry.content, content.kind, &json, depth: depth)
            }
        }
    }

    private static func keyText(
        _ value: (raw: UInt64, content: Range<Int>), _ kind: FieldKind, _ bytes: [UInt8]
    ) throws(WireError) -> String {
        switch kind {
        case .string: try WireReader(bytes).text(value.content)
        case .bool: value.raw == 0 ? "false" : "true"
        default: wholeText(value.raw, kind)
        }
    }
}
