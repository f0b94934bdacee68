extension FieldReader {
    /// A text.
    ///
    /// - Parameters:
    ///   - length: in Unicode scalars, as JSON Schema counts. With a lower bound above zero a text of
    ///     nothing but spaces is refused as well.
    ///   - rule: which characters it may have.
    public mutating func string(_ name: String, length: ClosedRange<Int>, _ rule: TextRule = .text) -> String {
        field(name, isRequired: true, Self.schema(length, rule)) { Self.text($0, length, rule) } ?? ""
    }

    /// A text that may be missing or null.
    public mutating func optionalString(
        _ name: String, length: ClosedRange<Int>, _ rule: TextRule = .text
    ) -> String? {
        field(name, isRequired: false, Self.schema(length, rule)) { Self.text($0, length, rule) }
    }

    /// An e-mail address of at most 254 bytes, as it was written.
    public mutating func email(_ name: String) -> String { string(name, length: 6...254, .email) }

    /// One of `choices`.
    public mutating func choice(_ name: String, of choices: [String]) -> String {
        field(name, isRequired: true, Self.schema(choices)) { Self.choice($0, choices) } ?? choices.first ?? ""
    }

    /// One of `choices`, or missing or null.
    public mutating func optionalChoice(_ name: String, of choices: [String]) -> String? {
        field(name, isRequired: false, Self.schema(choices)) { Self.choice($0, choices) }
    }

    /// A case of an enum, by its raw value. The enum must have a case.
    public mutating func value<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, as type: Value.Type = Value.self
    ) -> Value {
        let read = optionalValue(name, isRequired: true, as: type)
        guard let value = read ?? Value.allCases.first else {
            preconditionFailure("\(Value.self) has no case, so no input can ever be valid")
        }
        return value
    }

    /// A case of an enum, by its raw value, or missing or null.
    public mutating func optionalValue<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, as type: Value.Type = Value.self
    ) -> Value? {
        optionalValue(name, isRequired: false, as: type)
    }

    private mutating func optionalValue<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, isRequired: Bool, as type: Value.Type
    ) -> Value? {
        let choices = Value.allCases.map(\.rawValue)
        return field(name, isRequired: isRequired, Self.schema(choices)) { raw in
            Self.choice(raw, choices).flatMap { text in
                Value(rawValue: text).map { .success($0) } ?? .failure(Complaint("is not known"))
            }
        }
    }

    /// A list of texts, each of that length and by that rule.
    ///
    /// In a query or a form the field is given once for each.
    public mutating func strings(
        _ name: String, count: ClosedRange<Int>, length: ClosedRange<Int>, _ rule: TextRule = .text
    ) -> [String] {
        texts(name, isRequired: true, count, length, rule) ?? []
    }

    /// A list of texts that may be missing or null.
    public mutating func optionalStrings(
        _ name: String, count: ClosedRange<Int>, length: ClosedRange<Int>, _ rule: TextRule = .text
    ) -> [String]? {
        texts(name, isRequired: false, count, length, rule)
    }

    private mutating func texts(
        _ name: String, isRequired: Bool, _ count: ClosedRange<Int>, _ length: ClosedRange<Int>, _ rule: TextRule
    ) -> [String]? {
        if case .parameters(let parameters) = source {
            ask(name)
            let values = parameters.values(of: name)
            if values.isEmpty, !isRequired { return nil }
            return elements(name, values.map { .text($0) }, count) { Self.text($0, length, rule) }
        }
        let array: [JSONValue]? = field(
            name, isRequired: isRequired, Self.arraySchema(of: Self.schema(length, rule), count), Self.array)
        guard let array else { return nil }
        return elements(name, array.map { .json($0) }, count) { Self.text($0, length, rule) }
    }

    // MARK: Checks

    static func text(_ raw: Raw, _ length: ClosedRange<Int>, _ rule: TextRule) -> Result<String, Complaint> {
        let text: String
        switch raw {
        case .text(let value), .json(.string(let value)): text = value
        case .json(let other): return .failure(Complaint("must be a string, not \(other.typeName)"))
        }
        let count = text.unicodeScalars.count
        guard length.contains(count) else {
            let allowed = length.lowerBound == length.upperBound
                ? "\(length.lowerBound)" : "\(length.lowerBound) to \(length.upperBound)"
            return .failure(Complaint("must have \(allowed) characters, not \(count)"))
        }
        guard rule.accepts(text) else { return .failure(Complaint("must \(rule.requirement)")) }
        if length.lowerBound > 0, text.unicodeScalars.allSatisfy({ $0.properties.isWhitespace }) {
            return .failure(Complaint("must not be blank"))
        }
        return .success(text)
    }

    private static func choice(_ raw: Raw, _ choices: [String]) -> Result<String, Complaint> {
        let text: String? = switch raw {
        case .text(let value), .json(.string(let value)): value
        case .json: nil
        }
        guard let text, choices.contains(text) else {
            return .failure(Complaint("must be one of \(choices.joined(separator: ", "))"))
        }
        return .success(text)
    }

    // MARK: Schemas

    static func schema(_ length: ClosedRange<Int>, _ rule: TextRule) -> JSONValue {
        var schema = JSONObject([
            JSONObject.Member(name: "type", value: "string"),
            JSONObject.Member(name: "minLength", value: .integer(Int64(length.lowerBound))),
            JSONObject.Member(name: "maxLength", value: .integer(Int64(length.upperBound))),
        ])
        if let pattern = rule.pattern { schema["pattern"] = .string(pattern) }
        if let format = rule.format { schema["format"] = .string(format) }
        schema["examples"] = [.string(fitted(rule.example, to: length))]
        return .object(schema)
    }

    private static func schema(_ choices: [String]) -> JSONValue {
        ["type": "string", "enum": .array(choices.map { .string($0) })]
    }

    /// The example, repeated or cut so that its length is allowed.
    private static func fitted(_ example: String, to length: ClosedRange<Int>) -> String {
        var text = example
        while text.count < length.lowerBound, !example.isEmpty { text += example }
        return text.count > length.upperBound ? String(text.prefix(max(1, length.upperBound))) : text
    }
}
