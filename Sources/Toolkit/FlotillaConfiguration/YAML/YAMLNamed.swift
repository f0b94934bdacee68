/// An entry of a section: a name of the writer's choice, and what stands under it.
public struct YAMLNamed<Value> {
    /// The name.
    public var name: String
    /// Where the name stands.
    public var origin: ConfigurationOrigin
    /// What stands under it.
    public var value: Value
    /// What the value was made of; one with an empty key when it is a single value.
    public var settings: [YAMLFields.Setting]

    public init(name: String, origin: ConfigurationOrigin, value: Value, settings: [YAMLFields.Setting]) {
        self.name = name
        self.origin = origin
        self.value = value
        self.settings = settings
    }
}

extension YAMLNamed: Sendable where Value: Sendable {}

/// What stands at a key that may be written in several forms; see ``YAMLFields/form(_:_:orNameOf:_:orGroup:)``.
public enum YAMLForm<Value> {
    /// A single value.
    case value(ConfigurationValue, origin: ConfigurationOrigin)
    /// The name of an entry of a section; whether there is one is not checked yet.
    case name(String, origin: ConfigurationOrigin)
    /// A group of keys.
    case group(Value, settings: [YAMLFields.Setting], origin: ConfigurationOrigin)
}

extension YAMLForm: Sendable where Value: Sendable {}

extension ConfigurationType {
    /// Whether it is a choice with that word.
    func has(word: String) -> Bool {
        if case .choice(let words) = self { words.contains(word) } else { false }
    }

    /// Whether quotes make a value of it a text.
    var isNumberOrBool: Bool {
        switch self {
        case .int, .double, .bool, .port: true
        default: false
        }
    }
}
