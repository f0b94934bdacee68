extension ProtoParser {
    /// What follows the word `message`.
    mutating func message(depth: Int) throws(ProtoError) -> MessageDraft {
        var draft = MessageDraft(name: try name())
        guard depth < Self.depthMax else { throw error("messages are nested deeper than \(Self.depthMax)") }
        try expect("{")
        while !(try take("}")) {
            if try take(";") { continue }
            let start = place
            guard case .word(let word) = token else {
                guard token == .sign(UInt8(ascii: ".")) else { throw error("a field is expected") }
                draft.fields.append(try field(.singular))
                continue
            }
            // A type may have the name of a keyword, but only with a dot somewhere, which nobody does.
            switch word {
            case "message":
                try advance()
                draft.messages.append(try message(depth: depth + 1))
            case "enum":
                try advance()
                draft.enums.append(try enumeration())
            case "oneof":
                try advance()
                try oneof(&draft)
            case "map":
                try advance()
                try map(&draft)
            case "reserved", "extensions": try skipStatement()
            case "extend":
                try advance()
                _ = try dottedName()
                try skipBlock()
            case "option":
                try advance()
                _ = try option()
                try expect(";")
            case "optional", "repeated":
                try advance()
                draft.fields.append(try field(word == "optional" ? .optional : .repeated))
            case "required", "group": throw error("\(word) is not part of proto3", at: start)
            default: draft.fields.append(try field(.singular))
            }
        }
        return draft
    }

    private mutating func field(_ label: FieldDraft.Label, oneof: Int? = nil) throws(ProtoError) -> FieldDraft {
        let type = try dottedName()
        let name = try name()
        try expect("=")
        var field = FieldDraft(name: name, number: try fieldNumber(), label: label, type: type, oneof: oneof)
        try fieldOptions(&field)
        try expect(";")
        return field
    }

    private mutating func fieldNumber() throws(ProtoError) -> Int32 {
        let start = place
        let number = try integer()
        guard (1...536_870_911).contains(number), !(19_000...19_999).contains(number) else {
            throw error("\(number) is no number of a field: 1 to 536870911, without 19000 to 19999", at: start)
        }
        return Int32(number)
    }

    private mutating func fieldOptions(_ field: inout FieldDraft) throws(ProtoError) {
        guard try take("[") else { return }
        repeat {
            let option = try option()
            switch option.name {
            case "json_name": field.jsonName = option.value.text
            case "packed": field.isPacked = option.value.text == "true"
            default: break
            }
        } while try take(",")
        try expect("]")
    }

    private mutating func oneof(_ draft: inout MessageDraft) throws(ProtoError) {
        let index = draft.oneofs.count
        draft.oneofs.append(try word())
        try expect("{")
        while !(try take("}")) {
            if try take(";") { continue }
            if token == .word("option") {
                try advance()
                _ = try option()
                try expect(";")
            } else {
                draft.fields.append(try field(.singular, oneof: index))
            }
        }
    }

    /// `map<string, Money> prices = 3;` is several entries with the fields key and value.
    private mutating func map(_ draft: inout MessageDraft) throws(ProtoError) {
        try expect("<")
        let key = try dottedName()
        try expect(",")
        let value = try dottedName()
        try expect(">")
        let name = try name()
        try expect("=")
        let words = name.text.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        let entry = MessageDraft(
            name: ProtoName(text: words.joined() + "Entry", place: name.place),
            fields: [
                FieldDraft(
                    name: ProtoName(text: "key", place: key.place), number: 1, label: .singular, type: key),
                FieldDraft(
                    name: ProtoName(text: "value", place: value.place), number: 2, label: .singular, type: value),
            ],
            isMapEntry: true)
        draft.messages.append(entry)
        var field = FieldDraft(
            name: name, number: try fieldNumber(), label: .map,
            type: ProtoName(text: entry.name.text, place: name.place))
        try fieldOptions(&field)
        try expect(";")
        draft.fields.append(field)
    }

    /// What follows the word `enum`.
    mutating func enumeration() throws(ProtoError) -> EnumDraft {
        var draft = EnumDraft(name: try name())
        try expect("{")
        while !(try take("}")) {
            if try take(";") { continue }
            if token == .word("option") {
                try advance()
                _ = try option()
                try expect(";")
            } else if token == .word("reserved") {
                try skipStatement()
            } else {
                let name = try word()
                try expect("=")
                let start = place
                guard let number = Int32(exactly: try integer()) else {
                    throw error("a value must fit 32 bits", at: start)
                }
                draft.values.append((name, number))
                if try take("[") {
                    repeat { _ = try option() } while try take(",")
                    try expect("]")
                }
                try expect(";")
            }
        }
        guard draft.values.first?.number == 0 else {
            throw error("the first value of \(draft.name.text) must be 0", at: draft.name.place)
        }
        return draft
    }

    /// What follows the word `service`.
    mutating func service() throws(ProtoError) -> ServiceDraft {
        var draft = ServiceDraft(name: try name())
        try expect("{")
        while !(try take("}")) {
            if try take(";") { continue }
            switch try word() {
            case "option":
                _ = try option()
                try expect(";")
            case "rpc": draft.methods.append(try method())
            case let other: throw error("rpc is expected, not \(other)")
            }
        }
        return draft
    }

    private mutating func method() throws(ProtoError) -> MethodDraft {
        let name = try name()
        let input = try methodType()
        guard try word() == "returns" else { throw error("returns is expected") }
        let output = try methodType()
        var draft = MethodDraft(
            name: name, input: input.type, output: output.type, isClientStream: input.isStream,
            isServerStream: output.isStream)
        guard try take("{") else {
            try expect(";")
            return draft
        }
        while !(try take("}")) {
            if try take(";") { continue }
            let start = place
            guard try word() == "option" else { throw error("option is expected", at: start) }
            let option = try option()
            try expect(";")
            if option.name.hasPrefix("(google.api.http)") {
                guard let rules = HTTPRule.rules(of: option) else {
                    throw error(
                        "this is no google.api.http: get, put, post, delete, patch or custom is missing", at: start)
                }
                draft.rules += rules
            }
        }
        return draft
    }

    private mutating func methodType() throws(ProtoError) -> (type: ProtoName, isStream: Bool) {
        try expect("(")
        var type = try dottedName()
        let isStream = type.text == "stream" && token != .sign(UInt8(ascii: ")"))
        if isStream { type = try dottedName() }
        try expect(")")
        return (type, isStream)
    }
}
