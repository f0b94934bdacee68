/// A part of a YAML file, with the place it stands at.
public struct YAMLNode: Sendable, Hashable {
    /// What it is.
    public enum Content: Sendable, Hashable {
        /// Nothing, `~` or `null`.
        case null
        /// One value; `isPlain` when it has no quotes.
        case scalar(String, isPlain: Bool)
        /// A list.
        case sequence([YAMLNode])
        /// Keys with values, in the order of the file, each key once.
        case mapping([Entry])
    }

    /// A key with its value.
    public struct Entry: Sendable, Hashable {
        /// The key's text.
        public var key: String
        /// Where the key stands.
        public var origin: ConfigurationOrigin
        /// What it is set to.
        public var value: YAMLNode
    }

    /// What it is.
    public var content: Content
    /// Where it begins.
    public var origin: ConfigurationOrigin

    /// How it is named in messages: `a list`.
    var kind: String {
        switch content {
        case .null: "nothing"
        case .scalar: "one value"
        case .sequence: "a list"
        case .mapping: "a group of keys"
        }
    }

    /// The text of a value, as messages show it; nil for lists and groups.
    var shown: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }
}
