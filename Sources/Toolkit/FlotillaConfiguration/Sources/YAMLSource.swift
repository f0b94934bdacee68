/// What a source says about the keys.
struct SourceValues {
    struct Entry {
        var raw: RawValue
        var origin: ConfigurationOrigin
    }

    var entries: [String: Entry] = [:]
    var problems: [ConfigurationProblem] = []
}

/// Reads the keys of a schema out of a YAML file, with the line each stands on.
struct YAMLSource {
    private let file: ConfigurationFile
    private let schema: ConfigurationSchema
    private var result = SourceValues()

    static func read(_ file: ConfigurationFile, _ schema: ConfigurationSchema) -> SourceValues {
        var source = YAMLSource(file: file, schema: schema)
        let (tree, problems) = YAMLReader.tree(of: file)
        source.result.problems = problems
        switch tree?.content {
        case nil, .null: break
        case .mapping(let entries): source.readEntries(entries, path: "")
        default:
            source.problem(
                "", nil, tree?.origin.place.line, "the file is not a list of keys", "key: value, nested by indentation")
        }
        return source.result
    }

    private init(file: ConfigurationFile, schema: ConfigurationSchema) {
        self.file = file
        self.schema = schema
    }

    private mutating func readEntries(_ entries: [YAMLNode.Entry], path: String) {
        for entry in entries where result.problems.count < YAMLReader.problemsMax {
            readEntry(path.isEmpty ? entry.key : "\(path).\(entry.key)", entry.value, line: entry.origin.place.line)
        }
    }

    private mutating func readEntry(_ path: String, _ node: YAMLNode, line: Int) {
        if let key = schema[path] {
            readValue(key, node, line: line)
        } else if schema.isGroup(path) {
            if case .mapping(let entries) = node.content {
                readEntries(entries, path: path)
            } else if node.content != .null {
                let keys = schema.keys.filter { $0.path.hasPrefix(path + ".") }.prefix(5).map(\.path)
                problem(path, nil, line, "is a group, not a key", "keys in it, such as \(keys.joined(separator: ", "))")
            }
        } else {
            let meant = schema.suggestion(for: path).map { "; did you mean \($0)?" } ?? ""
            problem(path, nil, line, "is not known\(meant)", "the keys of the configuration reference")
        }
    }

    private mutating func readValue(_ key: ConfigurationKey, _ node: YAMLNode, line: Int) {
        let raw: RawValue
        switch node.content {
        case .null:
            problem(key.path, nil, line, "has no value", "\(key.type.allowed), or leave the key out")
            return
        case .scalar(let text, _): raw = .text(text)
        case .sequence(let items):
            let texts = items.compactMap(\.shown)
            guard texts.count == items.count else {
                problem(key.path, nil, line, "has an entry that is not a single value", key.type.allowed)
                return
            }
            raw = .list(texts)
        default:
            problem(key.path, nil, line, "has keys below it where one value is meant", key.type.allowed)
            return
        }
        let entry = SourceValues.Entry(raw: raw, origin: .file(path: file.path, line: line))
        if let first = result.entries.updateValue(entry, forKey: key.path) {
            problem(key.path, nil, line, "is given twice, first at \(first.origin)", "each key once")
        }
    }

    private mutating func problem(_ key: String, _ value: String?, _ line: Int?, _ message: String, _ allowed: String) {
        result.problems.append(
            ConfigurationProblem(
                key: key, value: value, origin: .file(path: file.path, line: line ?? 0), message: message,
                allowed: allowed))
    }
}
