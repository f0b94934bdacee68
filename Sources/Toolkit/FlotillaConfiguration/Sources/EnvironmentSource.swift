/// Reads the keys of a schema out of environment variables.
///
/// An empty variable counts as not set. A variable with the prefix that is no key's is not an error, since others
/// set such ones too (Kubernetes does for every service), but one that is nearly a key's is told as a warning.
struct EnvironmentSource {
    static let secretBytesMax = 65_536

    static func read(
        _ environment: [String: String], _ schema: ConfigurationSchema
    ) -> (values: SourceValues, warnings: [String]) {
        var result = SourceValues()
        var warnings: [String] = []
        for (name, value) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(schema.prefix + "_") && !value.isEmpty {
            if let key = schema.key(ofVariable: name) {
                result.entries[key.path] = .init(raw: .text(value), origin: .variable(name))
            } else if name.hasSuffix("_FILE"), let key = schema.key(ofVariable: String(name.dropLast(5))),
                key.isSecret
            {
                readSecret(key, path: value, variable: name, into: &result)
            } else if let meant = schema.variableSuggestion(for: name) {
                warnings.append("\(name) in the environment is not used; did you mean \(meant)?")
            }
        }
        return (result, warnings)
    }

    /// The variable itself wins over the file it could name.
    private static func readSecret(
        _ key: ConfigurationKey, path: String, variable: String, into result: inout SourceValues
    ) {
        guard result.entries[key.path] == nil else { return }
        let origin = ConfigurationOrigin.secretFile(path: path, variable: variable)
        do {
            var text = try readText(path, bytesMax: secretBytesMax)
            while let last = text.unicodeScalars.last, last == "\n" || last == "\r" { text.unicodeScalars.removeLast() }
            result.entries[key.path] = .init(raw: .text(text), origin: origin)
        } catch {
            result.problems.append(
                ConfigurationProblem(
                    key: key.path, value: nil, origin: origin, message: "its file \(error.message)",
                    allowed: "a readable file of at most \(secretBytesMax) bytes"))
        }
    }
}
