/// Reads `google.protobuf.FileDescriptorSet` (descriptor.proto), as far as wire, JSON and routes need it.
enum DescriptorSetReader {
    static func files(in bytes: [UInt8]) throws(WireError) -> [FileDraft] {
        var files: [FileDraft] = []
        for field in try fields(bytes, 0..<bytes.count) where field.number == 1 {
            files.append(try file(bytes, try field.range()))
        }
        return files
    }

    /// One field of a message.
    private struct Field {
        var number: Int32
        var value: UInt64
        var content: Range<Int>?

        /// - Throws: when it is no piece.
        func range() throws(WireError) -> Range<Int> {
            guard let content else { throw WireError(reason: "a piece is expected") }
            return content
        }
    }

    private static func fields(_ bytes: [UInt8], _ range: Range<Int>) throws(WireError) -> [Field] {
        var reader = WireReader(bytes, in: range)
        var fields: [Field] = []
        while !reader.isAtEnd {
            let tag = try reader.tag()
            switch tag.type {
            case .varint: fields.append(Field(number: tag.number, value: try reader.varint()))
            case .length: fields.append(Field(number: tag.number, value: 0, content: try reader.piece()))
            default: try reader.skip(tag.type, number: tag.number)
            }
        }
        return fields
    }

    private static func text(_ bytes: [UInt8], _ field: Field) throws(WireError) -> String {
        try WireReader(bytes).text(try field.range())
    }

    private static func name(_ bytes: [UInt8], _ field: Field) throws(WireError) -> ProtoName {
        ProtoName(text: try text(bytes, field), place: .unknown)
    }

    private static let noName = ProtoName(text: "", place: .unknown)

    private static func file(_ bytes: [UInt8], _ range: Range<Int>) throws(WireError) -> FileDraft {
        var draft = FileDraft(name: "")
        var syntax = "proto2"
        for field in try fields(bytes, range) {
            switch field.number {
            case 1: draft.name = try text(bytes, field)
            case 2: draft.package = try text(bytes, field)
            case 4: draft.messages.append(try message(bytes, try field.range(), depth: 0))
            case 5: draft.enums.append(try enumeration(bytes, try field.range()))
            case 6: draft.services.append(try service(bytes, try field.range()))
            case 12: syntax = try text(bytes, field)
            default: break
            }
        }
        // Options are declared in proto2; nobody sends them.
        guard syntax == "proto3" || draft.package == "google.protobuf" else {
            throw WireError(reason: "\(draft.name) is not proto3")
        }
        return draft
    }

    private static func message(
        _ bytes: [UInt8], _ range: Range<Int>, depth: Int
    ) throws(WireError) -> MessageDraft {
        guard depth < ProtoParser.depthMax else { throw .tooDeep }
        var draft = MessageDraft(name: noName)
        for field in try fields(bytes, range) {
            switch field.number {
            case 1: draft.name = try name(bytes, field)
            case 2:
                if let found = try fieldDraft(bytes, try field.range()) { draft.fields.append(found) }
            case 3: draft.messages.append(try message(bytes, try field.range(), depth: depth + 1))
            case 4: draft.enums.append(try enumeration(bytes, try field.range()))
            case 7:
                for option in try fields(bytes, try field.range()) where option.number == 7 {
                    draft.isMapEntry = option.value != 0
                }
            case 8:
                for part in try fields(bytes, try field.range()) where part.number == 1 {
                    draft.oneofs.append(try text(bytes, part))
                }
            default: break
            }
        }
        return draft
    }

    private static let scalars: [UInt64: String] = [
        1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 6: "fixed64", 7: "fixed32", 8: "bool",
        9: "string", 12: "bytes", 13: "uint32", 15: "sfixed32", 16: "sfixed64", 17: "sint32", 18: "sint64",
    ]

    /// - Returns: nil for a group, which proto3 does not have.
    private static func fieldDraft(_ bytes: [UInt8], _ range: Range<Int>) throws(WireError) -> FieldDraft? {
        var draft = FieldDraft(name: noName, number: 0, label: .singular, type: noName)
        var isOptional = false
        for field in try fields(bytes, range) {
            switch field.number {
            case 1: draft.name = try name(bytes, field)
            case 3: draft.number = Int32(truncatingIfNeeded: field.value)
            case 4: if field.value == 3 { draft.label = .repeated }
            case 5:
                if field.value == 10 { return nil }
                if let scalar = scalars[field.value] { draft.type.text = scalar }
            case 6: draft.type = try name(bytes, field)
            case 8:
                for option in try fields(bytes, try field.range()) where option.number == 2 {
                    draft.isPacked = option.value != 0
                }
            case 9: draft.oneof = Int(truncatingIfNeeded: field.value)
            case 10: draft.jsonName = try text(bytes, field)
            case 17: isOptional = field.value != 0
            default: break
            }
        }
        guard (1...536_870_911).contains(draft.number) else { throw WireError(reason: "a field has no number") }
        if isOptional { (draft.label, draft.oneof) = (.optional, nil) }
        return draft
    }

    private static func enumeration(_ bytes: [UInt8], _ range: Range<Int>) throws(WireError) -> EnumDraft {
        var draft = EnumDraft(name: noName)
        for field in try fields(bytes, range) {
            switch field.number {
            case 1: draft.name = try name(bytes, field)
            case 2:
                var value = (name: "", number: Int32(0))
                for part in try fields(bytes, try field.range()) {
                    if part.number == 1 { value.name = try text(bytes, part) }
                    if part.number == 2 { value.number = Int32(truncatingIfNeeded: part.value) }
                }
                draft.values.append(value)
            default: break
            }
        }
        return draft
    }

    private static func service(_ bytes: [UInt8], _ range: Range<Int>) throws(WireError) -> ServiceDraft {
        var draft = ServiceDraft(name: noName)
        for field in try fields(bytes, range) {
            switch field.number {
            case 1: draft.name = try name(bytes, field)
            case 2: draft.methods.append(try method(bytes, try field.range()))
            default: break
            }
        }
        return draft
    }

    private static func method(_ bytes: [UInt8], _ range: Range<Int>) throws(WireError) -> MethodDraft {
        var draft = MethodDraft(name: noName, input: noName, output: noName)
        for field in try fields(bytes, range) {
            switch field.number {
            case 1: draft.name = try name(bytes, field)
            case 2: draft.input = try name(bytes, field)
            case 3: draft.output = try name(bytes, field)
            case 4:
                // google.api.http is an extension of the options, by this number.
                for option in try fields(bytes, try field.range()) where option.number == 72_295_728 {
                    draft.rules += try rules(bytes, try option.range(), depth: 0)
                }
            case 5: draft.isClientStream = field.value != 0
            case 6: draft.isServerStream = field.value != 0
            default: break
            }
        }
        return draft
    }

    private static func rules(
        _ bytes: [UInt8], _ range: Range<Int>, depth: Int
    ) throws(WireError) -> [HTTPRule] {
        guard depth < 4 else { throw .tooDeep }
        var rule = HTTPRule(method: "", path: "")
        var more: [HTTPRule] = []
        let methods: [Int32: String] = [2: "GET", 3: "PUT", 4: "POST", 5: "DELETE", 6: "PATCH"]
        for field in try fields(bytes, range) {
            if let method = methods[field.number] { (rule.method, rule.path) = (method, try text(bytes, field)) }
            switch field.number {
            case 7: rule.body = try text(bytes, field)
            case 8:
                for part in try fields(bytes, try field.range()) {
                    if part.number == 1 { rule.method = try text(bytes, part).uppercased() }
                    if part.number == 2 { rule.path = try text(bytes, part) }
                }
            case 11: more += try rules(bytes, try field.range(), depth: depth + 1)
            case 12: rule.responseBody = try text(bytes, field)
            default: break
            }
        }
        return rule.path.isEmpty ? more : [rule] + more
    }
}
