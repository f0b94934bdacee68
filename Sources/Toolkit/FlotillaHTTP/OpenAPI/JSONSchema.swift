internal import FlotillaCore

/// From examples to schemas and back.
enum JSONSchema {
    /// The schema of which `example` is an instance: every field is required, a list's elements are like its first.
    static func derived(from example: JSONValue) -> JSONValue {
        switch example {
        case .null: return [:]
        case .bool, .integer, .number: return ["type": .string(example.typeName)]
        case .string(let text):
            return text.utf8.count >= 20 && Timestamp(text) != nil
                ? ["type": "string", "format": "date-time"] : ["type": "string"]
        case .array(let elements): return ["type": "array", "items": elements.first.map(derived) ?? [:]]
        case .object(let object):
            let properties = object.members.map {
                JSONObject.Member(name: $0.name, value: derived(from: $0.value))
            }
            // What is null in the example may be anything, and so may be missing.
            let required = object.members.filter { $0.value != .null }.map { JSONValue.string($0.name) }
            var schema = JSONObject([
                JSONObject.Member(name: "type", value: "object"),
                JSONObject.Member(name: "properties", value: .object(JSONObject(properties))),
            ])
            if !required.isEmpty { schema["required"] = .array(required) }
            return .object(schema)
        }
    }

    /// An instance of a schema that ``FieldReader`` wrote.
    static func example(of schema: JSONValue) -> JSONValue {
        if let first = schema["examples"]?[0] ?? schema["enum"]?[0] { return first }
        switch schema["type"]?.string {
        case "object":
            let members = schema["properties"]?.object?.members ?? []
            return .object(
                JSONObject(members.map { JSONObject.Member(name: $0.name, value: example(of: $0.value)) }))
        case "array":
            let count = max(1, schema["minItems"]?.integer ?? 1)
            return .array(Array(repeating: example(of: schema["items"] ?? [:]), count: Int(min(count, 3))))
        case "integer", "number": return schema["minimum"] ?? 0
        case "boolean": return true
        case "string": return "text"
        default: return .null
        }
    }
}
