public import FlotillaCore

/// The values of all keys of a schema, checked: reading one cannot fail.
///
/// Asking for a key the schema does not have, or as another type than it has, is a mistake in the program and
/// stops it, with the key's name. An immutable value; ``LiveConfiguration`` holds the current one.
public struct Configuration: Sendable {
    struct Entry: Sendable {
        var value: ConfigurationValue?
        var origin: ConfigurationOrigin
    }

    /// What the values were checked against.
    public let schema: ConfigurationSchema
    /// What is not wrong, but was probably not meant.
    public let warnings: [String]
    /// Each key of the schema has one.
    let entries: [String: Entry]
    /// Goes before every path that is read.
    private let scope: String

    init(schema: ConfigurationSchema, entries: [String: Entry], warnings: [String], scope: String = "") {
        self.schema = schema
        self.entries = entries
        self.warnings = warnings
        self.scope = scope
    }

    /// The keys of a group, read without its name: `scoped(to: "orders").duration("timeout")`.
    public func scoped(to group: String) -> Configuration {
        Configuration(schema: schema, entries: entries, warnings: warnings, scope: "\(scope)\(group).")
    }

    // Each of these reads the value of a key of that type, which has a default or is required.

    /// The value of a text key.
    public func string(_ path: String) -> String { optionalString(path) ?? missing(path) }
    /// The value of an integer key.
    public func int(_ path: String) -> Int { optionalInt(path) ?? missing(path) }
    /// The value of a port key; 0 means any free one.
    public func port(_ path: String) -> Int { optionalInt(path) ?? missing(path) }
    /// The value of a number key.
    public func double(_ path: String) -> Double { optionalDouble(path) ?? missing(path) }
    /// The value of a true/false key.
    public func bool(_ path: String) -> Bool { optionalBool(path) ?? missing(path) }
    /// The value of a duration key.
    public func duration(_ path: String) -> Duration { optionalDuration(path) ?? missing(path) }
    /// The value of a choice key: one of its words.
    public func choice(_ path: String) -> String { optionalString(path) ?? missing(path) }
    /// The value of a path key.
    public func path(_ path: String) -> String { optionalString(path) ?? missing(path) }
    /// The value of a list key.
    public func list(_ path: String) -> [String] { optionalList(path) ?? missing(path) }
    /// The value of a secret key.
    public func secret(_ path: String) -> Secret { optionalSecret(path) ?? missing(path) }

    /// A text, choice or path that nobody may have given.
    public func optionalString(_ path: String) -> String? {
        guard let value = value(path, isSecret: false) else { return nil }
        guard case .string(let text) = value else { mismatch(path, "a text") }
        return text
    }

    /// An integer or port that nobody may have given.
    public func optionalInt(_ path: String) -> Int? {
        guard let value = value(path, isSecret: false) else { return nil }
        guard case .int(let number) = value else { mismatch(path, "an integer") }
        return number
    }

    /// A number that nobody may have given.
    public func optionalDouble(_ path: String) -> Double? {
        guard let value = value(path, isSecret: false) else { return nil }
        guard case .double(let number) = value else { mismatch(path, "a number") }
        return number
    }

    /// True or false, if anybody said.
    public func optionalBool(_ path: String) -> Bool? {
        guard let value = value(path, isSecret: false) else { return nil }
        guard case .bool(let flag) = value else { mismatch(path, "true or false") }
        return flag
    }

    /// A duration that nobody may have given.
    public func optionalDuration(_ path: String) -> Duration? {
        guard let value = value(path, isSecret: false) else { return nil }
        guard case .duration(let duration) = value else { mismatch(path, "a duration") }
        return duration
    }

    /// A list that nobody may have given.
    public func optionalList(_ path: String) -> [String]? {
        guard let value = value(path, isSecret: false) else { return nil }
        guard case .list(let texts) = value else { mismatch(path, "a list") }
        return texts
    }

    /// A secret that nobody may have given.
    public func optionalSecret(_ path: String) -> Secret? {
        guard let value = value(path, isSecret: true) else { return nil }
        guard case .string(let text) = value else { mismatch(path, "a secret") }
        return Secret(text)
    }

    /// Where the value of a key comes from.
    public func origin(of path: String) -> ConfigurationOrigin { entry(path).origin }

    private func value(_ path: String, isSecret: Bool) -> ConfigurationValue? {
        let entry = entry(path)
        precondition(
            schema[scope + path]?.isSecret == isSecret,
            "configuration key \(scope + path) is \(isSecret ? "no" : "a") secret and must be read as what it is")
        return entry.value
    }

    private func entry(_ path: String) -> Entry {
        guard let entry = entries[scope + path] else {
            preconditionFailure("configuration key \(scope + path) is not in the schema")
        }
        return entry
    }

    private func missing<T>(_ path: String) -> T {
        preconditionFailure("configuration key \(scope + path) may have no value; read it with optional…")
    }

    private func mismatch(_ path: String, _ type: String) -> Never {
        preconditionFailure("configuration key \(scope + path) is read as \(type), but is not declared so")
    }
}
