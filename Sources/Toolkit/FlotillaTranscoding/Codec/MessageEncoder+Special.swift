internal import FlotillaHTTP

extension MessageEncoder {
    /// A message whose JSON is not an object of its fields.
    mutating func special(_ special: SpecialType, _ value: JSONValue, _ type: MessageType, depth: Int) {
        switch special {
        case .timestamp: timestamp(value)
        case .duration: duration(value)
        case .fieldMask: fieldMask(value)
        case .wrapper:
            let start = writer.bytes.count
            writer.tag(1, type.fields[0].kind.wireType)
            if !self.value(value, type.fields[0].kind, depth: depth) { writer.cut(to: start) }
        case .structure:
            guard case .object(let object) = value else { return fail("must be an object, not \(value.typeName)") }
            structure(object, depth: depth)
        case .listValue:
            guard case .array(let elements) = value else { return fail("must be an array, not \(value.typeName)") }
            list(elements, depth: depth)
        case .value: anything(value, depth: depth)
        case .any: any(value, depth: depth)
        }
    }

    private mutating func timestamp(_ value: JSONValue) {
        guard case .string(let text) = value, let time = ProtoTime(timestamp: text) else {
            return fail("must be a time like 2026-11-21T08:30:00Z")
        }
        write(time)
    }

    private mutating func duration(_ value: JSONValue) {
        guard case .string(let text) = value, let time = ProtoTime(duration: text) else {
            return fail("must be a duration like 1.5s")
        }
        write(time)
    }

    private mutating func write(_ time: ProtoTime) {
        if time.seconds != 0 {
            writer.tag(1, .varint)
            writer.varint(UInt64(bitPattern: time.seconds))
        }
        if time.nanos != 0 {
            writer.tag(2, .varint)
            writer.varint(UInt64(bitPattern: Int64(time.nanos)))
        }
    }

    /// `"user.displayName,photo"`.
    private mutating func fieldMask(_ value: JSONValue) {
        guard case .string(let text) = value, !text.contains("_") else {
            return fail("must be names of fields, with commas between them")
        }
        for path in text.split(separator: ",") {
            var name: [UInt8] = []
            for byte in path.utf8 {
                if (0x41...0x5A).contains(byte) { name += [UInt8(ascii: "_"), byte + 0x20] } else { name.append(byte) }
            }
            writer.tag(1, .length)
            writer.piece(name)
        }
    }

    // MARK: JSON in a message

    private mutating func structure(_ object: JSONObject, depth: Int) {
        guard depth < WireReader.depthMax else { return fail("is nested deeper than \(WireReader.depthMax)") }
        for member in object.members {
            writer.tag(1, .length)
            let entry = writer.begin()
            writer.tag(1, .length)
            writer.piece(member.name.utf8)
            writer.tag(2, .length)
            let start = writer.begin()
            anything(member.value, depth: depth + 1)
            writer.end(start)
            writer.end(entry)
        }
    }

    private mutating func list(_ elements: [JSONValue], depth: Int) {
        guard depth < WireReader.depthMax else { return fail("is nested deeper than \(WireReader.depthMax)") }
        for element in elements {
            writer.tag(1, .length)
            let start = writer.begin()
            anything(element, depth: depth + 1)
            writer.end(start)
        }
    }

    /// A `google.protobuf.Value`: exactly one of its fields.
    private mutating func anything(_ value: JSONValue, depth: Int) {
        switch value {
        case .null:
            writer.tag(1, .varint)
            writer.varint(0)
        case .integer, .number:
            writer.tag(2, .eightBytes)
            writer.eightBytes((value.double ?? 0).bitPattern)
        case .string(let text):
            writer.tag(3, .length)
            writer.piece(text.utf8)
        case .bool(let flag):
            writer.tag(4, .varint)
            writer.varint(flag ? 1 : 0)
        case .object(let object):
            writer.tag(5, .length)
            let start = writer.begin()
            structure(object, depth: depth + 1)
            writer.end(start)
        case .array(let elements):
            writer.tag(6, .length)
            let start = writer.begin()
            list(elements, depth: depth + 1)
            writer.end(start)
        }
    }

    /// `{"@type": "type.googleapis.com/shop.values.v1.MoneyValue", …}`: a message of any type that is known.
    private mutating func any(_ value: JSONValue, depth: Int) {
        guard case .object(let object) = value else { return fail("must be an object, not \(value.typeName)") }
        if object.isEmpty { return }
        guard let url = object["@type"]?.string, let slash = url.lastIndex(of: "/"),
            let type = schema.message(named: String(url[url.index(after: slash)...]))
        else { return fail("must have a field @type with the URL of a known type") }
        writer.tag(1, .length)
        writer.piece(url.utf8)
        writer.tag(2, .length)
        let start = writer.begin()
        if type.special != nil {
            if object.members.contains(where: { $0.name != "@type" && $0.name != "value" }) {
                fail("must have only the fields @type and value")
            }
            message(object["value"] ?? .null, type, depth: depth + 1)
        } else if depth < WireReader.depthMax {
            fields(object, type, depth: depth + 1, ignored: "@type")
        } else {
            fail("is nested deeper than \(WireReader.depthMax)")
        }
        writer.end(start)
    }
}
