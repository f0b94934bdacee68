internal import Yams

/// Reads a YAML file into values of a program, strictly: each key is declared, each value checked, and everything that
/// is wrong is said at once, with its line and column.
///
/// The declaration is code that asks for its keys (``YAMLFields``); the same code, asked without a file, describes
/// them (``YAMLShape``), so that the schema an editor completes from cannot differ from what is read.
public enum YAMLReader {
    /// More nodes than these are refused: aliases can make a small file huge.
    public static let nodesMax = 20_000
    /// Groups in groups, at most so deep.
    public static let depthMax = 32
    private static let duplicatesMax = 20
    /// Cannot be typed by accident; what the second of two equal keys is called while the rest is read.
    private static let duplicateMark: Character = "\u{F8FF}"

    /// Reads a file whose top is a group of keys.
    ///
    /// - Parameter body: asks for every key there may be; called once, also for an empty file.
    /// - Returns: what `body` made, and what is wrong, by place. With problems the value must not be used for anything
    ///   but looking for more of them; nil when the file is not YAML.
    public static func read<Value>(
        _ file: ConfigurationFile, _ body: (inout YAMLFields) -> Value
    ) -> (value: Value?, problems: [ConfigurationProblem]) {
        var problems: [ConfigurationProblem] = []
        let (tree, wrong) = self.tree(of: file)
        problems += wrong
        guard let root = tree else { return (nil, problems) }
        var entries: [YAMLNode.Entry] = []
        switch root.content {
        case .null: break
        case .mapping(let all): entries = all
        default:
            problems.append(
                ConfigurationProblem(
                    key: "", value: nil, origin: root.origin, message: "the file is not a group of keys",
                    allowed: "key: value, nested by indentation"))
        }
        var fields = YAMLFields(entries, path: "", origin: root.origin)
        let value = body(&fields)
        fields.close()
        return (value, inOrder(problems + fields.problems))
    }

    /// What `body` asks for, described.
    public static func shape<Value>(of body: (inout YAMLFields) -> Value) -> YAMLShape {
        var fields = YAMLFields.describing()
        _ = body(&fields)
        return fields.shape
    }

    /// What `body` makes of a group without keys, and the values that hold then.
    public static func defaults<Value>(
        of body: (inout YAMLFields) -> Value
    ) -> (value: Value, settings: [YAMLFields.Setting]) {
        var fields = YAMLFields([], path: "", origin: .defaultValue)
        let value = body(&fields)
        return (value, fields.settings)
    }

    /// By line and column; of the same place in the order found.
    public static func inOrder(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
        problems.enumerated()
            .sorted { left, right in
                let (one, other) = (left.element.place, right.element.place)
                return (one.line, one.column, left.offset) < (other.line, other.column, right.offset)
            }
            .map(\.element)
    }

    // MARK: The tree

    /// The file as it is, whatever its keys; keys that are given twice are there once.
    ///
    /// - Returns: nil and the reason when the file is not YAML.
    public static func tree(of file: ConfigurationFile) -> (root: YAMLNode?, problems: [ConfigurationProblem]) {
        var problems: [ConfigurationProblem] = []
        let root = tree(file, &problems)
        return (root, problems)
    }

    private static func tree(_ file: ConfigurationFile, _ problems: inout [ConfigurationProblem]) -> YAMLNode? {
        var text = file.text
        let empty = YAMLNode(content: .null, origin: .place(path: file.path, line: 1, column: 1))
        for _ in 0...duplicatesMax {
            do {
                guard let root = try compose(yaml: text) else { return empty }
                var builder = TreeBuilder(file: file, mark: duplicateMark)
                let node = builder.node(root, depth: 0, path: "")
                problems += builder.problems
                return node
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                // Yams stops here. The second key gets another name, so that the rest can be read as well.
                guard let key = keys.first, let renamed = renameSecond(key, after: context.mark, in: text) else {
                    problems.append(duplicate(keys.first ?? "", at: context.mark, file))
                    return nil
                }
                text = renamed
            } catch let error as YamlError {
                problems.append(syntaxProblem(error, file))
                return nil
            } catch {
                problems.append(
                    ConfigurationProblem(
                        key: "", value: nil, origin: .file(path: file.path, line: 0),
                        message: "the file cannot be read as YAML", allowed: "YAML 1.1"))
                return nil
            }
        }
        return nil
    }

    private static func duplicate(
        _ key: String, at mark: Mark, _ file: ConfigurationFile
    ) -> ConfigurationProblem {
        ConfigurationProblem(
            key: key, value: nil, origin: .place(path: file.path, line: mark.line, column: mark.column),
            message: "is given twice", allowed: "each key once")
    }

    /// Marks the next key of that name and indentation; nil when there is none in block style.
    private static func renameSecond(_ key: String, after mark: Mark, in text: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let start = String(repeating: " ", count: max(0, mark.column - 1))
        for spelled in [key, "\"\(key)\"", "'\(key)'"] {
            for index in lines.indices.dropFirst(mark.line) where lines[index].hasPrefix(start + spelled) {
                let rest = lines[index].dropFirst(start.count + spelled.count)
                guard rest.first == ":" || (rest.first == " " && rest.drop { $0 == " " }.first == ":") else { continue }
                let number = lines.filter { $0.contains(duplicateMark) }.count
                lines[index] = "\(start)\"\(key)\(duplicateMark)\(number)\"\(rest)"
                return lines.joined(separator: "\n")
            }
        }
        return nil
    }

    /// Says what is wrong and where, but not with the text of the line: it may hold a secret.
    private static func syntaxProblem(_ error: YamlError, _ file: ConfigurationFile) -> ConfigurationProblem {
        let allowed = "YAML 1.1; check the indentation, colons and quotes there"
        switch error {
        case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _), .composer(_, let text, let mark, _):
            return ConfigurationProblem(
                key: "", value: nil, origin: .place(path: file.path, line: mark.line, column: mark.column),
                message: "the file is not YAML: \(text)", allowed: allowed)
        default:
            return ConfigurationProblem(
                key: "", value: nil, origin: .file(path: file.path, line: 0), message: "the file is not YAML",
                allowed: allowed)
        }
    }
}

/// Turns what Yams composed into nodes of our own.
private struct TreeBuilder {
    let file: ConfigurationFile
    let mark: Character
    var problems: [ConfigurationProblem] = []
    private var count = 0

    init(file: ConfigurationFile, mark: Character) {
        self.file = file
        self.mark = mark
    }

    mutating func node(_ node: Node, depth: Int, path: String) -> YAMLNode {
        let origin = place(node.mark)
        count += 1
        guard count <= YAMLReader.nodesMax, depth <= YAMLReader.depthMax else {
            if count == YAMLReader.nodesMax + 1 || depth == YAMLReader.depthMax + 1 {
                problem(
                    path, origin, "is too much",
                    "at most \(YAMLReader.nodesMax) values in groups \(YAMLReader.depthMax) deep")
            }
            return YAMLNode(content: .null, origin: origin)
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let isNull = isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return YAMLNode(content: isNull ? .null : .scalar(scalar.string, isPlain: isPlain), origin: origin)
        case .sequence(let items):
            return YAMLNode(
                content: .sequence(items.map { self.node($0, depth: depth + 1, path: path) }), origin: origin)
        case .mapping(let mapping):
            return YAMLNode(content: .mapping(entries(mapping, depth: depth, path: path)), origin: origin)
        case .alias:
            problem(path, origin, "is an alias of nothing", "an anchor that stands before it")
            return YAMLNode(content: .null, origin: origin)
        }
    }

    private mutating func entries(_ mapping: Node.Mapping, depth: Int, path: String) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        for (keyNode, value) in mapping {
            let origin = place(keyNode.mark)
            guard let key = keyNode.string else {
                problem(path, origin, "has a key that is not a word", "words such as timeout")
                continue
            }
            let name = String(key.prefix { $0 != mark })
            let inner = path.isEmpty ? name : "\(path).\(name)"
            if name.count < key.count {
                let first = entries.first { $0.key == name }.map { ", first at \($0.origin)" } ?? ""
                problem(inner, origin, "is given twice\(first)", "each key once")
                continue
            }
            entries.append(
                YAMLNode.Entry(key: key, origin: origin, value: node(value, depth: depth + 1, path: inner)))
        }
        return entries
    }

    private func place(_ mark: Mark?) -> ConfigurationOrigin {
        .place(path: file.path, line: mark?.line ?? 0, column: mark?.column ?? 0)
    }

    private mutating func problem(
        _ key: String, _ origin: ConfigurationOrigin, _ message: String, _ allowed: String
    ) {
        problems.append(
            ConfigurationProblem(key: key, value: nil, origin: origin, message: message, allowed: allowed))
    }
}

extension ConfigurationProblem {
    /// Line and column, to sort by.
    fileprivate var place: (line: Int, column: Int) {
        switch origin {
        case .file(_, let line): (line, 0)
        case .place(_, let line, let column): (line, column)
        default: (0, 0)
        }
    }
}
