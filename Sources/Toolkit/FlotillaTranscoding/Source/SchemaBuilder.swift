/// Makes one schema of the drafts of several files: finds the type behind every name, and says which mean nothing.
struct SchemaBuilder {
    private enum Found {
        case message(Int)
        case enumeration(Int)
    }

    /// A message on its way to become a type.
    private struct Pending {
        var draft: MessageDraft
        var fullName: String
        var file: String
    }

    private var types: [String: Found] = [:]
    private var pending: [Pending] = []
    private var enums: [EnumType] = []

    /// - Throws: ``ProtoError``: the first name that means nothing or is given twice.
    static func schema(of files: [FileDraft]) throws(ProtoError) -> ProtoSchema {
        var builder = SchemaBuilder()
        for file in files {
            for draft in file.enums { try builder.note(draft, in: file.package, file.name) }
            for draft in file.messages { try builder.note(draft, in: file.package, file.name) }
        }
        var messages: [MessageType] = []
        for item in builder.pending { messages.append(try builder.type(item)) }
        var services: [ServiceType] = []
        for file in files {
            for draft in file.services { services.append(try builder.service(draft, file, messages)) }
        }
        var names: Set<String> = []
        for service in services where !names.insert(service.fullName).inserted {
            throw ProtoError("", .unknown, "there are two services \(service.fullName)")
        }
        return ProtoSchema(messages: messages, enums: builder.enums, services: services)
    }

    private static func join(_ scope: String, _ name: String) -> String { scope.isEmpty ? name : "\(scope).\(name)" }

    private mutating func note(_ draft: MessageDraft, in scope: String, _ file: String) throws(ProtoError) {
        let name = Self.join(scope, draft.name.text)
        try note(name, .message(pending.count), draft.name, file)
        pending.append(Pending(draft: draft, fullName: name, file: file))
        for inner in draft.enums { try note(inner, in: name, file) }
        for inner in draft.messages { try note(inner, in: name, file) }
    }

    private mutating func note(_ draft: EnumDraft, in scope: String, _ file: String) throws(ProtoError) {
        let name = Self.join(scope, draft.name.text)
        try note(name, .enumeration(enums.count), draft.name, file)
        enums.append(EnumType(fullName: name, values: draft.values))
    }

    private mutating func note(
        _ fullName: String, _ found: Found, _ name: ProtoName, _ file: String
    ) throws(ProtoError) {
        guard types.updateValue(found, forKey: fullName) == nil else {
            throw ProtoError(file, name.place, "there are two types \(fullName)")
        }
    }

    /// What a name means in a scope: the innermost type that it fits.
    private func find(_ name: ProtoName, in scope: String, _ file: String) throws(ProtoError) -> Found {
        if name.text.hasPrefix(".") {
            if let found = types[String(name.text.dropFirst())] { return found }
        } else {
            var scope = Substring(scope)
            while true {
                if let found = types[Self.join(String(scope), name.text)] { return found }
                guard !scope.isEmpty else { break }
                scope = scope.lastIndex(of: ".").map { scope[..<$0] } ?? ""
            }
        }
        throw ProtoError(file, name.place, "there is no type \(name.text) here")
    }

    // MARK: Messages

    private func type(_ item: Pending) throws(ProtoError) -> MessageType {
        var fields: [FieldType] = []
        var names: Set<String> = []
        var numbers: Set<Int32> = []
        for draft in item.draft.fields {
            let field = try field(draft, item)
            guard numbers.insert(field.number).inserted else {
                throw ProtoError(item.file, draft.name.place, "the number \(field.number) is given twice")
            }
            // One name in two forms is one name, two fields that share one are two.
            let isTaken = !names.insert(field.name).inserted
                || (field.jsonName != field.name && !names.insert(field.jsonName).inserted)
            guard !isTaken else {
                throw ProtoError(item.file, draft.name.place, "there are two fields \(field.name), as JSON has it")
            }
            fields.append(field)
        }
        guard fields.count <= Int(Int16.max) else {
            throw ProtoError(item.file, item.draft.name.place, "there are too many fields")
        }
        return MessageType(
            fullName: item.fullName, fields: fields, oneofs: item.draft.oneofs, isMapEntry: item.draft.isMapEntry)
    }

    private func field(_ draft: FieldDraft, _ item: Pending) throws(ProtoError) -> FieldType {
        let kind = try kind(of: draft.type, item)
        guard draft.oneof.map(item.draft.oneofs.indices.contains) ?? true else {
            throw ProtoError(item.file, draft.name.place, "there is no such oneof")
        }
        var label: FieldLabel
        switch draft.label {
        case .repeated, .map: label = .repeated
        case .optional: label = .explicit
        case .singular: label = draft.oneof != nil || kind.isMessage ? .explicit : .implicit
        }
        if case .message(let entry) = kind, label == .repeated, pending[entry].draft.isMapEntry {
            label = .map
            try checkMapEntry(pending[entry])
        }
        return FieldType(
            name: draft.name.text, jsonName: draft.jsonName ?? Self.jsonName(of: draft.name.text),
            number: draft.number, kind: kind, label: label, isPacked: kind.isPackable && draft.isPacked ?? true,
            oneof: draft.oneof)
    }

    private func kind(of type: ProtoName, _ item: Pending) throws(ProtoError) -> FieldKind {
        if let kind = FieldKind(scalar: type.text) { return kind }
        switch try find(type, in: item.fullName, item.file) {
        case .message(let index): return .message(index)
        case .enumeration(let index): return .enumeration(index)
        }
    }

    private func checkMapEntry(_ entry: Pending) throws(ProtoError) {
        let fields = entry.draft.fields
        guard fields.count == 2, fields[0].number == 1, fields[1].number == 2 else {
            throw ProtoError(entry.file, entry.draft.name.place, "an entry of a map has a key and a value")
        }
        guard FieldKind(scalar: fields[0].type.text)?.isMapKey == true else {
            throw ProtoError(
                entry.file, fields[0].type.place, "the key of a map is a whole number, a bool or a string")
        }
    }

    /// `user_id` reads `userId` (as protoc has it).
    static func jsonName(of name: String) -> String {
        var text: [UInt8] = []
        var isNext = false
        for byte in name.utf8 {
            if byte == UInt8(ascii: "_") {
                isNext = true
            } else {
                text.append(isNext && (0x61...0x7A).contains(byte) ? byte - 0x20 : byte)
                isNext = false
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    // MARK: Services

    private func service(
        _ draft: ServiceDraft, _ file: FileDraft, _ messages: [MessageType]
    ) throws(ProtoError) -> ServiceType {
        let name = Self.join(file.package, draft.name.text)
        var methods: [MethodType] = []
        for method in draft.methods {
            guard !methods.contains(where: { $0.name == method.name.text }) else {
                throw ProtoError(file.name, method.name.place, "there are two methods \(method.name.text)")
            }
            methods.append(
                MethodType(
                    name: method.name.text, service: name, input: try message(method.input, file),
                    output: try message(method.output, file), isClientStream: method.isClientStream,
                    isServerStream: method.isServerStream, rules: method.rules))
        }
        return ServiceType(fullName: name, methods: methods)
    }

    private func message(_ name: ProtoName, _ file: FileDraft) throws(ProtoError) -> Int {
        if case .message(let index) = try find(name, in: file.package, file.name) { return index }
        throw ProtoError(file.name, name.place, "\(name.text) is no message")
    }
}
