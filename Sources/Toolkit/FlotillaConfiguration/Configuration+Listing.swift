extension Configuration {
    /// One key with the value that holds, fit to be shown.
    public struct Line: Sendable, Hashable {
        /// The path of the key.
        public var key: String
        /// `<secret>` for secrets; nil when there is no value.
        public var value: String?
        /// Where the value comes from.
        public var origin: ConfigurationOrigin
    }

    /// All keys with their values and where they come from, sorted, secrets masked.
    public func lines() -> [Line] {
        schema.keys.map { key in
            let entry = entries[key.path]
            let shown = entry?.value.map { key.isSecret ? "<secret>" : $0.text }
            return Line(key: key.path, value: shown, origin: entry?.origin ?? .defaultValue)
        }
    }
}
