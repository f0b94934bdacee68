internal import FlotillaCore

extension FieldReader {
    /// An object within the object. Types must not contain themselves.
    public mutating func object<Value: RequestInput>(_ name: String, as type: Value.Type = Value.self) -> Value {
        nested(name, isRequired: true) ?? Self.placeholder()
    }

    /// An object within the object, or missing or null.
    public mutating func optionalObject<Value: RequestInput>(
        _ name: String, as type: Value.Type = Value.self
    ) -> Value? {
        nested(name, isRequired: false)
    }

    /// A list of objects.
    ///
    /// - Parameter count: how many there may be; of a longer list no element is looked at.
    public mutating func objects<Value: RequestInput>(
        _ name: String, count: ClosedRange<Int>, as type: Value.Type = Value.self
    ) -> [Value] {
        list(name, isRequired: true, count) ?? []
    }

    /// A list of objects, or missing or null.
    public mutating func optionalObjects<Value: RequestInput>(
        _ name: String, count: ClosedRange<Int>, as type: Value.Type = Value.self
    ) -> [Value]? {
        list(name, isRequired: false, count)
    }

    /// An object of any names with texts as values, such as the attributes of a product, or missing or null.
    ///
    /// - Parameters:
    ///   - count: how many members it may have.
    ///   - length: of each name and each value, in Unicode scalars.
    public mutating func optionalTexts(
        _ name: String, count: ClosedRange<Int>, length: ClosedRange<Int>
    ) -> [(name: String, value: String)]? {
        let object: JSONObject? = field(
            name, isRequired: false,
            [
                "type": "object", "minProperties": .integer(Int64(count.lowerBound)),
                "maxProperties": .integer(Int64(count.upperBound)),
                "additionalProperties": Self.schema(length, .text),
            ], Self.object)
        guard let object else { return nil }
        guard count.contains(object.count) else {
            note(location(of: name), "must have \(count.lowerBound) to \(count.upperBound) members")
            return nil
        }
        var result: [(name: String, value: String)] = []
        for member in object.members {
            let place = "\(location(of: name)).\(member.name.prefix(64))"
            for part in [JSONValue.string(member.name), member.value] {
                if case .failure(let complaint) = Self.text(.json(part), length, .text) {
                    note(place, complaint.message)
                }
            }
            result.append((member.name, member.value.string ?? ""))
        }
        return result
    }

    // MARK: Reading

    private mutating func nested<Value: RequestInput>(_ name: String, isRequired: Bool) -> Value? {
        let object: JSONObject? = field(name, isRequired: isRequired, Value.inputSchema, Self.object)
        guard let object else { return nil }
        return read(object, at: location(of: name))
    }

    private mutating func list<Value: RequestInput>(
        _ name: String, isRequired: Bool, _ count: ClosedRange<Int>
    ) -> [Value]? {
        let array: [JSONValue]? = field(
            name, isRequired: isRequired, Self.arraySchema(of: Value.inputSchema, count), Self.array)
        guard let array, checkCount(name, array.count, count) else { return nil }
        var values: [Value] = []
        for (index, element) in array.enumerated() {
            let place = "\(location(of: name))[\(index)]"
            if case .object(let object) = element {
                values.append(read(object, at: place))
            } else {
                note(place, "must be an object, not \(element.typeName)")
            }
        }
        return values
    }

    private mutating func read<Value: RequestInput>(_ object: JSONObject, at place: String) -> Value {
        var reader = FieldReader(object: object, path: place)
        let value = Value(from: &reader)
        note(reader.finish())
        return value
    }

    /// Reads the elements of a list of simple values.
    mutating func elements<Value>(
        _ name: String, _ raw: [Raw], _ count: ClosedRange<Int>, _ parse: (Raw) -> Result<Value, Complaint>
    ) -> [Value]? {
        guard checkCount(name, raw.count, count) else { return nil }
        var values: [Value] = []
        for (index, element) in raw.enumerated() {
            switch parse(element) {
            case .success(let value): values.append(value)
            case .failure(let complaint): note("\(location(of: name))[\(index)]", complaint.message)
            }
        }
        return values
    }

    private mutating func checkCount(_ name: String, _ actual: Int, _ count: ClosedRange<Int>) -> Bool {
        if count.contains(actual) { return true }
        note(location(of: name), "must have \(count.lowerBound) to \(count.upperBound) elements, not \(actual)")
        return false
    }

    /// What a refused object is replaced with: made of placeholders, never seen by anyone.
    private static func placeholder<Value: RequestInput>() -> Value {
        var reader = FieldReader.describing()
        return Value(from: &reader)
    }

    // MARK: Checks and schemas

    static func object(_ raw: Raw) -> Result<JSONObject, Complaint> {
        if case .json(.object(let object)) = raw { return .success(object) }
        return .failure(Complaint("must be an object\(butIs(raw))"))
    }

    static func array(_ raw: Raw) -> Result<[JSONValue], Complaint> {
        if case .json(.array(let array)) = raw { return .success(array) }
        return .failure(Complaint("must be an array\(butIs(raw))"))
    }

    private static func butIs(_ raw: Raw) -> String {
        if case .json(let value) = raw { ", not \(value.typeName)" } else { "" }
    }

    static func arraySchema(of element: JSONValue, _ count: ClosedRange<Int>) -> JSONValue {
        [
            "type": "array", "items": element, "minItems": .integer(Int64(count.lowerBound)),
            "maxItems": .integer(Int64(count.upperBound)),
        ]
    }
}
