internal import FlotillaCore
internal import FlotillaHTTP

/// Writes JSON as a message (ProtoJSON format), by the description of its type alone.
///
/// Fields may have the name that JSON has for them (`userId`) or that of the .proto file (`user_id`). Whole numbers may
/// be texts, enumerations names or numbers. All that does not fit is collected, with the place of each field, as
/// ``FlotillaHTTP/FieldReader`` does it.
struct MessageEncoder {
    /// More than these are not told.
    static let errorsMax = 50

    let schema: ProtoSchema
    var writer = WireWriter()
    private(set) var errors: [FieldError] = []
    /// Where we are: `items[2].price`.
    private var path: [Step] = []

    private enum Step {
        case name(String)
        case index(Int)
    }

    init(_ schema: ProtoSchema) { self.schema = schema }

    /// - Throws: `invalid-input` (422) with all fields that do not fit.
    static func bytes(
        of value: JSONValue, as type: MessageType, in schema: ProtoSchema
    ) throws(ServiceError) -> [UInt8] {
        var encoder = MessageEncoder(schema)
        encoder.message(value, type, depth: 0)
        guard encoder.errors.isEmpty else {
            throw ServiceError(
                .invalid, "invalid-input",
                "The request has \(encoder.errors.count == 1 ? "a field that is" : "fields that are") not valid.",
                fields: encoder.errors)
        }
        return encoder.writer.bytes
    }

    // MARK: What is wrong

    mutating func fail(_ message: String) {
        guard errors.count < Self.errorsMax else { return }
        var text = ""
        for step in path {
            switch step {
            case .name(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            }
        }
        errors.append(FieldError(field: text, message: message))
    }

    private mutating func fail(_ name: String, _ message: String) {
        path.append(.name(String(name.prefix(64))))
        fail(message)
        path.removeLast()
    }

    // MARK: Messages

    /// The fields of a message, without a length before them.
    mutating func message(_ value: JSONValue, _ type: MessageType, depth: Int) {
        guard depth < WireReader.depthMax else { return fail("is nested deeper than \(WireReader.depthMax)") }
        if let special = type.special { return self.special(special, value, type, depth: depth) }
        guard case .object(let object) = value else { return fail("must be an object, not \(value.typeName)") }
        fields(object, type, depth: depth)
    }

    /// - Parameter ignored: a name that says something else.
    mutating func fields(_ object: JSONObject, _ type: MessageType, depth: Int, ignored: String? = nil) {
        // Most objects have few members, so that looking through those seen costs less than a set.
        var seen: [Int] = []
        var oneofs: [(oneof: Int, name: String)] = []
        for member in object.members where member.name != ignored {
            guard let place = type.place(named: member.name) else {
                fail(member.name, "is not a known field")
                continue
            }
            let field = type.fields[place]
            if seen.contains(place) {
                fail(member.name, "is given twice, as \(field.jsonName) and \(field.name)")
                continue
            }
            seen.append(place)
            if member.value == .null, !takesNull(field) { continue }
            if let oneof = field.oneof {
                if let other = oneofs.first(where: { $0.oneof == oneof }) {
                    fail(member.name, "cannot stand beside \(other.name): only one of them")
                    continue
                }
                oneofs.append((oneof, member.name))
            }
            path.append(.name(member.name))
            self.field(member.value, field, depth: depth)
            path.removeLast()
        }
    }

    /// `google.protobuf.Value` is JSON's null, too; a list of it is not.
    private func takesNull(_ field: FieldType) -> Bool {
        guard field.label == .explicit || field.label == .implicit else { return false }
        switch field.kind {
        case .message(let index): return schema.messages[index].special == .value
        case .enumeration(let index): return schema.enums[index].isNull
        default: return false
        }
    }

    private mutating func field(_ value: JSONValue, _ field: FieldType, depth: Int) {
        switch field.label {
        case .implicit:
            let start = writer.bytes.count
            writer.tag(field.number, field.kind.wireType)
            // Zero, false and empty are what is not there.
            if !self.value(value, field.kind, depth: depth) { writer.cut(to: start) }
        case .explicit:
            writer.tag(field.number, field.kind.wireType)
            _ = self.value(value, field.kind, depth: depth)
        case .repeated: list(value, field, depth: depth)
        case .map: map(value, field, depth: depth)
        }
    }

    private mutating func list(_ value: JSONValue, _ field: FieldType, depth: Int) {
        guard case .array(let elements) = value else { return fail("must be an array, not \(value.typeName)") }
        guard !elements.isEmpty else { return }
        let isPacked = field.isPacked && field.kind.isPackable
        var start = 0
        if isPacked {
            writer.tag(field.number, .length)
            start = writer.begin()
        }
        for (index, element) in elements.enumerated() {
            path.append(.index(index))
            if !isPacked { writer.tag(field.number, field.kind.wireType) }
            if element == .null, !isValue(field.kind) {
                fail("must not be null")
            } else {
                _ = self.value(element, field.kind, depth: depth)
            }
            path.removeLast()
        }
        if isPacked { writer.end(start) }
    }

    private func isValue(_ kind: FieldKind) -> Bool {
        if case .message(let index) = kind { schema.messages[index].special == .value } else { false }
    }

    private mutating func map(_ value: JSONValue, _ field: FieldType, depth: Int) {
        guard case .object(let object) = value else { return fail("must be an object, not \(value.typeName)") }
        guard case .message(let entry) = field.kind else { return }
        let key = schema.messages[entry].fields[0]
        let content = schema.messages[entry].fields[1]
        for member in object.members {
            path.append(.name(String(member.name.prefix(64))))
            writer.tag(field.number, .length)
            let start = writer.begin()
            writer.tag(1, key.kind.wireType)
            mapKey(member.name, key.kind)
            writer.tag(2, content.kind.wireType)
            if member.value == .null, !isValue(content.kind) {
                fail("must not be null")
            } else {
                _ = self.value(member.value, content.kind, depth: depth)
            }
            writer.end(start)
            path.removeLast()
        }
    }

    private mutating func mapKey(_ name: String, _ kind: FieldKind) {
        switch kind {
        case .string: writer.piece(name.utf8)
        case .bool:
            guard name == "true" || name == "false" else { return fail("the key must be true or false") }
            writer.varint(name == "true" ? 1 : 0)
        default: _ = value(.string(name), kind, depth: 0)
        }
    }
}
