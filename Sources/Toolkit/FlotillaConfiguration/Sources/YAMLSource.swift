internal import Yams

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
    /// More nodes than these are refused: aliases can make a small file huge.
    private static let nodesMax = 20_000

    private let file: ConfigurationFile
    private let schema: ConfigurationSchema
    private var result = SourceValues()
    private var nodeCount = 0

    static func read(_ file: ConfigurationFile, _ schema: ConfigurationSchema) -> SourceValues {
        var source = YAMLSource(file: file, schema: schema)
        do {
            guard let root = try compose(yaml: file.text) else { return source.result }
            if case .mapping(let mapping) = root {
                source.readMapping(mapping, path: "")
            } else if !source.isNull(root) {
                source.problem(
                    "", nil, root.mark?.line, "the file is not a list of keys", "key: value, nested by indentation")
            }
        } catch let error as YamlError {
            source.syntaxProblem(error)
        } catch {
            source.problem("", nil, nil, "the file cannot be read as YAML", "YAML 1.1")
        }
        return source.result
    }

    private init(file: ConfigurationFile, schema: ConfigurationSchema) {
        self.file = file
        self.schema = schema
    }

    private mutating func readMapping(_ mapping: Node.Mapping, path: String) {
        for (keyNode, value) in mapping {
            nodeCount += 1
            guard nodeCount <= Self.nodesMax else {
                if nodeCount == Self.nodesMax + 1 {
                    problem(path, nil, keyNode.mark?.line, "the file has more than \(Self.nodesMax) entries", "fewer")
                }
                return
            }
            guard let name = keyNode.string else {
                problem(path, nil, keyNode.mark?.line, "a key is not a word", "words such as timeout")
                continue
            }
            readEntry(path.isEmpty ? name : "\(path).\(name)", value, line: keyNode.mark?.line ?? 0)
        }
    }

    private mutating func readEntry(_ path: String, _ node: Node, line: Int) {
        if let key = schema[path] {
            readValue(key, node, line: line)
        } else if schema.isGroup(path) {
            if case .mapping(let mapping) = node {
                readMapping(mapping, path: path)
            } else if !isNull(node) {
                let keys = schema.keys.filter { $0.path.hasPrefix(path + ".") }.prefix(5).map(\.path)
                problem(path, nil, line, "is a group, not a key", "keys in it, such as \(keys.joined(separator: ", "))")
            }
        } else {
            let meant = schema.suggestion(for: path).map { "; did you mean \($0)?" } ?? ""
            problem(path, nil, line, "is not known\(meant)", "the keys of the configuration reference")
        }
    }

    private mutating func readValue(_ key: ConfigurationKey, _ node: Node, line: Int) {
        let raw: RawValue
        switch node {
        case .scalar where isNull(node):
            problem(key.path, nil, line, "has no value", "\(key.type.allowed), or leave the key out")
            return
        case .scalar(let scalar):
            raw = .text(scalar.string)
        case .sequence(let sequence):
            let texts = sequence.compactMap { isNull($0) ? nil : $0.scalar?.string }
            guard texts.count == sequence.count else {
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

    private func isNull(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private mutating func problem(_ key: String, _ value: String?, _ line: Int?, _ message: String, _ allowed: String) {
        result.problems.append(
            ConfigurationProblem(
                key: key, value: value, origin: .file(path: file.path, line: line ?? 0), message: message,
                allowed: allowed))
    }

    /// Says what is wrong and where, but not with the text of the line: it may hold a secret.
    private mutating func syntaxProblem(_ error: YamlError) {
        let allowed = "YAML 1.1; check the indentation, colons and quotes there"
        switch error {
        case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _), .composer(_, let text, let mark, _):
            problem("", nil, mark.line, "the file is not YAML: \(text)", allowed)
        case .duplicatedKeysInMapping(let duplicates, let context):
            problem(duplicates.joined(separator: ", "), nil, context.mark.line, "is given twice", "each key once")
        default:
            problem("", nil, nil, "the file is not YAML", allowed)
        }
    }
}
