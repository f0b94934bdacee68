/// An option of a .proto file: `(google.api.http) = { get: "/v1/books" }`.
struct ProtoOption {
    /// The values an option can have.
    indirect enum Value {
        /// A text, a number or a word, as it is written.
        case scalar(String)
        case group([(name: String, value: Value)])
        case list([Value])

        var text: String? { if case .scalar(let text) = self { text } else { nil } }
    }

    /// With its parentheses and what follows them: `(google.api.http).get`.
    var name: String
    var value: Value
}

extension ProtoParser {
    /// Name, equals sign and value.
    mutating func option() throws(ProtoError) -> ProtoOption {
        var name = ""
        repeat {
            if !name.isEmpty { name += "." }
            if try take("(") {
                name += "(" + (try dottedName().text) + ")"
                try expect(")")
            } else {
                name += try word()
            }
        } while try take(".")
        try expect("=")
        return ProtoOption(name: name, value: try optionValue(depth: 0))
    }

    private mutating func optionValue(depth: Int) throws(ProtoError) -> ProtoOption.Value {
        guard depth < Self.depthMax else { throw error("an option is nested deeper than \(Self.depthMax)") }
        if try take("{") { return .group(try optionGroup("}", depth: depth + 1)) }
        if try take("[") {
            var values: [ProtoOption.Value] = []
            while !(try take("]")) {
                values.append(try optionValue(depth: depth + 1))
                _ = try take(",")
            }
            return .list(values)
        }
        var sign = ""
        if try take("-") { sign = "-" } else { _ = try take("+") }
        switch token {
        case .text: return .scalar(try text())
        case .word(let word):
            try advance()
            return .scalar(sign + word)
        case .number(let number):
            try advance()
            return .scalar(sign + number)
        case .sign, .end: throw error("a value is expected")
        }
    }

    /// `name: value` or `name { … }`, with or without commas (text format).
    private mutating func optionGroup(
        _ end: Unicode.Scalar, depth: Int
    ) throws(ProtoError) -> [(name: String, value: ProtoOption.Value)] {
        var members: [(name: String, value: ProtoOption.Value)] = []
        while !(try take(end)) {
            var name = ""
            if try take("[") {
                name = "[" + (try dottedName().text) + "]"
                try expect("]")
            } else {
                name = try word()
            }
            if !(try take(":")), token != .sign(UInt8(ascii: "{")) { throw error(": is expected") }
            members.append((name, try optionValue(depth: depth)))
            if !(try take(",")) { _ = try take(";") }
        }
        return members
    }
}

extension HTTPRule {
    /// The rules of a `google.api.http` option; nil when it says no path.
    static func rules(of option: ProtoOption) -> [HTTPRule]? {
        // `option (google.api.http).get = "/v1/books"` is a group with one member.
        let member = option.name.split(separator: ")", maxSplits: 1).dropFirst().first?.dropFirst() ?? ""
        if !member.isEmpty {
            return rules(of: [(String(member), option.value)])
        }
        guard case .group(let members) = option.value else { return nil }
        return rules(of: members)
    }

    private static func rules(of members: [(name: String, value: ProtoOption.Value)]) -> [HTTPRule]? {
        var rule = HTTPRule(method: "", path: "")
        var more: [HTTPRule] = []
        for (name, value) in members {
            switch (name, value) {
            case ("get", .scalar(let path)), ("put", .scalar(let path)), ("post", .scalar(let path)),
                ("delete", .scalar(let path)), ("patch", .scalar(let path)):
                (rule.method, rule.path) = (name.uppercased(), path)
            case ("custom", .group(let parts)):
                for part in parts {
                    if part.name == "kind" { rule.method = part.value.text?.uppercased() ?? "" }
                    if part.name == "path" { rule.path = part.value.text ?? "" }
                }
            case ("body", .scalar(let body)): rule.body = body.isEmpty ? nil : body
            case ("response_body", .scalar(let body)): rule.responseBody = body.isEmpty ? nil : body
            case ("additional_bindings", .group(let inner)):
                guard let rules = rules(of: inner) else { return nil }
                more += rules
            case ("additional_bindings", .list(let list)):
                for case .group(let inner) in list {
                    guard let rules = rules(of: inner) else { return nil }
                    more += rules
                }
            default: break
            }
        }
        return rule.method.isEmpty || rule.path.isEmpty ? nil : [rule] + more
    }
}
