extension ConfigurationSchema {
    /// The reference of all keys as Markdown tables: the keys of no group first, then one table for each first part
    /// of the paths, by name.
    public func markdown() -> String {
        let groups = Dictionary(grouping: keys) { key in
            key.path.contains(".") ? String(key.path.prefix { $0 != "." }) : ""
        }
        // The name of no group is empty, which comes before all others.
        return groups.sorted { $0.key < $1.key }.map { name, keys in
            """
            ## \(name.isEmpty ? "General" : name)

            | Key | Variable | Allowed | Default | Meaning |
            |---|---|---|---|---|

            """ + keys.map(row).joined()
        }.joined(separator: "\n")
    }

    private func row(_ key: ConfigurationKey) -> String {
        var meaning = escaped(key.summary)
        if key.isSecret { meaning += " *Secret.*" }
        if key.isLive { meaning += " *Live.*" }
        let fallback: String
        if let value = key.defaultValue {
            fallback = value.text.isEmpty ? "empty" : "`\(escaped(value.text))`"
        } else {
            fallback = key.isRequired ? "required" : "none"
        }
        return """
            | `\(key.path)` | `\(variable(of: key))` | \(escaped(key.type.allowed)) | \(fallback) | \(meaning) |

            """
    }

    private func escaped(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ")
    }
}
