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

    /// Where a character of a value on one line stands; of other values where they begin.
    func place(of offset: Int) -> ConfigurationOrigin {
        guard case .scalar(let text, let isPlain) = content, !text.contains("\n"),
            case .place(let path, let line, let column) = origin
        else { return origin }
        return .place(path: path, line: line, column: column + offset + (isPlain ? 0 : 1))
    }

    /// The text of a value, as messages show it; nil for lists and groups.
    var shown: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }
}
