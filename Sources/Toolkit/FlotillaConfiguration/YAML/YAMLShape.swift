/// What a part of a YAML file may hold, as data: what a schema for editors is made from.
public indirect enum YAMLShape: Sendable, Hashable {
    /// One value.
    case value(ConfigurationType)
    /// A share of a whole: `20%` or `0.2`.
    case share(ClosedRange<Double>)
    /// A word that is the name of something in the section so called.
    case name(of: String)
    /// These keys and no others.
    case group([Field])
    /// Names of the writer's choice, each with such a value.
    case named(YAMLShape, keys: String)
    /// Any of these.
    case either([YAMLShape])
    /// A list.
    case list(YAMLShape)

    /// A key of a group.
    public struct Field: Sendable, Hashable {
        /// Its name.
        public var key: String
        /// What it may hold.
        public var shape: YAMLShape
        /// One or more sentences, for people.
        public var about: String
        /// What holds where it is missing, as it would be written; nil: nothing.
        public var defaultText: String?
        /// Whether it may not be missing.
        public var isRequired: Bool
    }
}

extension YAMLShape {
    /// As JSON Schema (draft 2020-12), indented, with a line end.
    ///
    /// - Parameters:
    ///   - title: of the document.
    ///   - about: what the file is for.
    public func jsonSchema(title: String, about: String) -> String {
        var text = JSONText()
        text.open("{")
        text.pair("$schema", "https://json-schema.org/draft/2020-12/schema")
        text.pair("title", title)
        text.pair("description", about)
        write(to: &text)
        text.close("}")
        return text.text + "\n"
    }

    private func write(to text: inout JSONText) {
        switch self {
        case .value(let type): Self.write(type, to: &text)
        case .share(let range):
            text.array("anyOf") { text in
                text.element { text in
                    text.pair("type", "number")
                    text.pair("minimum", number: range.lowerBound)
                    text.pair("maximum", number: range.upperBound)
                }
                text.element { text in
                    text.pair("type", "string")
                    text.pair("pattern", #"^[0-9]+(\.[0-9]+)?%$"#)
                }
            }
        case .name(let section):
            text.pair("type", "string")
            text.pair("pattern", YAMLFields.namePattern)
            text.pair("$comment", "a name of the section \(section)")
        case .group(let fields):
            text.pair("type", "object")
            text.pair("additionalProperties", false)
            let required = fields.filter(\.isRequired).map(\.key)
            if !required.isEmpty { text.strings("required", required) }
            text.object("properties") { text in
                for field in fields {
                    text.object(field.key) { text in
                        let usual = field.defaultText.map { " Default: \($0)." } ?? ""
                        text.pair("description", field.about + usual)
                        field.shape.write(to: &text)
                    }
                }
            }
        case .named(let shape, let keys):
            // A section without entries is nothing to a YAML reader.
            text.strings("type", ["object", "null"])
            text.object("propertyNames") { $0.pair("pattern", keys) }
            text.object("additionalProperties") { shape.write(to: &$0) }
        case .either(let shapes):
            text.array("anyOf") { text in
                for shape in shapes { text.element { shape.write(to: &$0) } }
            }
        case .list(let shape):
            text.pair("type", "array")
            text.object("items") { shape.write(to: &$0) }
        }
    }

    private static func write(_ type: ConfigurationType, to text: inout JSONText) {
        switch type {
        case .string(let bytes):
            text.pair("type", "string")
            text.pair("minLength", number: Double(bytes.lowerBound))
            text.pair("maxLength", number: Double(bytes.upperBound))
        case .int(let range):
            text.pair("type", "integer")
            text.pair("minimum", number: Double(range.lowerBound))
            text.pair("maximum", number: Double(range.upperBound))
        case .double(let range):
            text.pair("type", "number")
            text.pair("minimum", number: range.lowerBound)
            text.pair("maximum", number: range.upperBound)
        case .bool: text.pair("type", "boolean")
        case .duration:
            text.strings("type", ["string", "integer"])
            text.pair("pattern", #"^(0|[0-9]+(\.[0-9]{1,9})?(ns|us|ms|s|m|h|d))$"#)
            text.pair("maximum", number: 0)
            text.pair("$comment", type.allowed)
        case .choice(let words):
            text.pair("type", "string")
            text.strings("enum", words)
        case .port:
            text.pair("type", "integer")
            text.pair("minimum", number: 0)
            text.pair("maximum", number: 65_535)
        case .path: text.pair("type", "string")
        case .list(_, let allowed):
            text.pair("type", "array")
            text.object("items") { text in
                if let allowed { text.strings("enum", allowed) } else { text.pair("type", "string") }
            }
        }
    }
}
