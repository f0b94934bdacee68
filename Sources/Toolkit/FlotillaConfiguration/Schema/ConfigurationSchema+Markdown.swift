extension ConfigurationSchema {
    /// The reference of all keys as Markdown tables, one for each first part of the paths.
    public func markdown() -> String {
        var text = ""
        var group: Substring?
        for key in keys {
            let first = key.path.contains(".") ? key.path.prefix { $0 != "." } : ""
            if first != group {
                group = first
                if !text.isEmpty { text += "\n" }
                text += "## \(first.isEmpty ? "General" : String(first))\n\n"
                text += "| Key | Variable | Allowed | Default | Meaning |\n|---|---|---|---|---|\n"
            }
            text += row(key)
        }
        return text
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
