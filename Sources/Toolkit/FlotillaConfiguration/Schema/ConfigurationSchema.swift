/// Everything that can be configured, as data: the reference, the checks and the reads come from it.
public struct ConfigurationSchema: Sendable {
    /// What the environment variables begin with: `SHOP`.
    public let prefix: String
    /// Sorted by path.
    public let keys: [ConfigurationKey]
    private let byPath: [String: ConfigurationKey]
    private let byVariable: [String: ConfigurationKey]

    /// - Parameters:
    ///   - prefix: capital letters, digits and underscores.
    ///   - keys: no two may have the same path or variable, and none may be a group of others; a mistake here is one
    ///     in the program and stops it.
    public init(prefix: String, keys: [ConfigurationKey]) {
        self.prefix = prefix
        self.keys = keys.sorted { $0.path < $1.path }
        var byPath: [String: ConfigurationKey] = [:]
        var byVariable: [String: ConfigurationKey] = [:]
        for key in self.keys {
            let twin = byPath.updateValue(key, forKey: key.path)
            precondition(twin == nil, "two configuration keys are named \(key.path)")
            let variable = "\(prefix)_\(key.variableSuffix)"
            let other = byVariable.updateValue(key, forKey: variable)
            precondition(other == nil, "\(key.path) and \(other?.path ?? "") are both \(variable)")
        }
        for key in self.keys {
            for group in Self.groups(of: key.path) {
                precondition(
                    byPath[group] == nil, "\(group) is a configuration key and cannot be a group of \(key.path)")
            }
        }
        self.byPath = byPath
        self.byVariable = byVariable
    }

    /// This schema with more keys.
    public func adding(_ more: [ConfigurationKey]) -> ConfigurationSchema {
        ConfigurationSchema(prefix: prefix, keys: keys + more)
    }

    /// The key with that path.
    public subscript(path: String) -> ConfigurationKey? { byPath[path] }

    /// The environment variable of a key: `SHOP_ORDERS_TIMEOUT`.
    public func variable(of key: ConfigurationKey) -> String { "\(prefix)_\(key.variableSuffix)" }

    func key(ofVariable name: String) -> ConfigurationKey? { byVariable[name] }

    /// Whether keys begin with this path.
    func isGroup(_ path: String) -> Bool { keys.contains { $0.path.hasPrefix(path + ".") } }

    /// The known path nearest to an unknown one, if one is near enough to be meant.
    func suggestion(for path: String) -> String? {
        var candidates = Set(keys.map(\.path))
        for key in keys { candidates.formUnion(Self.groups(of: key.path)) }
        return EditDistance.nearest(to: path, among: candidates.sorted())
    }

    /// The known variable nearest to an unknown one, if one is near enough to be meant.
    func variableSuggestion(for name: String) -> String? {
        EditDistance.nearest(to: name, among: byVariable.keys.sorted(), distanceMax: 2)
    }

    /// `a.b` of `a.b.c`, and `a`.
    private static func groups(of path: String) -> [String] {
        path.indices.filter { path[$0] == "." }.map { String(path[..<$0]) }
    }
}
