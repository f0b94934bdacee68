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

    public func string(_ path: String) -> String { optionalString(path) ?? missing(path) }
    public func int(_ path: String) -> Int { optionalInt(path) ?? missing(path) }
    public func port(_ path: String) -> Int { optionalInt(path) ?? missing(path) }
    public func double(_ path: String) -> Double { optionalDouble(path) ?? missing(path) }
    public func bool(_ path: String) -> Bool { optionalBool(path) ?? missing(path) }
    public func duration(_ path: String) -> Duration { optionalDuration(path) ?? missing(path) }
    public func choice(_ path: String) -> String { optionalString(path) ?? missing(path) }
    public func path(_ path: String) -> String { optionalString(path) ?? missing(path) }
    public func list(_ path: String) -> [String] { optionalList(path) ?? missing(path) }
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

    public func optionalDouble(_ path: String) -> Double? {
        guard let value = value(path, isSecret: false) else { return nil }
        guard case .double(let number) = value else { mismatch(path, "a number") }
        return number
    }

    public func optionalBool(_ path: String) -> Bool? {
        guard let value = value(path, isSecret: false) else { return nil }
        guard case .bool(let flag) = value else { mismatch(path, "true or false") }
        return flag
    }

    public func optionalDuration(_ path: String) -> Duration? {
        guard let value = value(path, isSecret: false) else { return nil }
        guard case .duration(let duration) = value else { mismatch(path, "a duration") }
        return duration
    }

    public func optionalList(_ path: String) -> [String]? {
        guard let value = value(path, isSecret: false) else { return nil }
        guard case .list(let texts) = value else { mismatch(path, "a list") }
        return texts
    }

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
