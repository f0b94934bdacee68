extension Configuration {
    /// Puts together what the sources say and checks it.
    ///
    /// A flag wins over the environment, that over the file, that over the default. Only the value that wins is
    /// checked, so that a variable can override a mistake in the file; unknown keys are always refused.
    ///
    /// - Parameters:
    ///   - file: nil when there is none.
    ///   - environment: all variables of the process; those with the schema's prefix count.
    ///   - flags: of two that set the same key the last counts.
    /// - Throws: ``ConfigurationError`` with everything that is wrong.
    public static func load(
        _ schema: ConfigurationSchema, file: ConfigurationFile? = nil, environment: [String: String] = [:],
        flags: [ConfigurationFlag] = []
    ) throws(ConfigurationError) -> Configuration {
        let yaml = file.map { YAMLSource.read($0, schema) } ?? SourceValues()
        let (variables, warnings) = EnvironmentSource.read(environment, schema)
        let given = flagValues(flags, schema)
        var problems = yaml.problems + variables.problems + given.problems
        var entries: [String: Entry] = [:]
        for key in schema.keys {
            let winner = given.entries[key.path] ?? variables.entries[key.path] ?? yaml.entries[key.path]
            guard let winner else {
                let isReported = problems.contains { $0.key == key.path }
                if key.isRequired, !isReported { problems.append(missing(key, schema, file)) }
                entries[key.path] = Entry(value: key.defaultValue, origin: .defaultValue)
                continue
            }
            do {
                entries[key.path] = Entry(value: try key.type.parse(winner.raw), origin: winner.origin)
            } catch {
                problems.append(
                    ConfigurationProblem(
                        key: key.path, value: key.isSecret ? nil : winner.raw.shown, origin: winner.origin,
                        message: key.isSecret ? "its value cannot be used" : error.message, allowed: key.type.allowed))
            }
        }
        guard problems.isEmpty else {
            throw ConfigurationError(problems.enumerated().sorted { ($0.1.key, $0.0) < ($1.1.key, $1.0) }.map(\.1))
        }
        return Configuration(schema: schema, entries: entries, warnings: warnings)
    }

    private static func flagValues(_ flags: [ConfigurationFlag], _ schema: ConfigurationSchema) -> SourceValues {
        var result = SourceValues()
        for flag in flags {
            if schema[flag.key] != nil {
                result.entries[flag.key] = .init(raw: .text(flag.value), origin: .flag(flag.name))
            } else {
                let meant = schema.suggestion(for: flag.key).map { "; did you mean \($0)?" } ?? ""
                result.problems.append(
                    ConfigurationProblem(
                        key: flag.key, value: nil, origin: .flag(flag.name), message: "is not known\(meant)",
                        allowed: "the keys of the configuration reference"))
            }
        }
        return result
    }

    private static func missing(
        _ key: ConfigurationKey, _ schema: ConfigurationSchema, _ file: ConfigurationFile?
    ) -> ConfigurationProblem {
        let place = file.map { "\(key.path) in \($0.path)" } ?? "\(key.path) in a configuration file"
        return ConfigurationProblem(
            key: key.path, value: nil, origin: nil,
            message: "is not set; set \(schema.variable(of: key)) in the environment or \(place)",
            allowed: key.type.allowed)
    }
}
