/// Reads a YAML file into values of a program, strictly: each key is declared, each value checked, and everything that
/// is wrong is said at once, with its line and column.
///
/// The declaration is code that asks for its keys (``YAMLFields``); the same code, asked without a file, describes
/// them (``YAMLShape``), so that the schema an editor completes from cannot differ from what is read.
public enum YAMLReader {
    /// More values than these are refused, also when few of them stand in the file and aliases make them many.
    public static let nodesMax = 20_000
    /// Groups in groups, at most so deep.
    public static let depthMax = 32
    /// A longer key is refused.
    public static let keyBytesMax = 256
    /// So many problems are told at once.
    public static let problemsMax = 200

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
        return (value, Array(inOrder(problems + fields.problems).prefix(problemsMax)))
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
                let one: (line: Int, column: Int) = left.element.origin?.place ?? (0, 0)
                let other: (line: Int, column: Int) = right.element.origin?.place ?? (0, 0)
                return (one.line, one.column, left.offset) < (other.line, other.column, right.offset)
            }
            .map(\.element)
    }

    /// The file as it is, whatever its keys; of a key that is given twice, the first.
    ///
    /// - Returns: nil and the reason when the file is not YAML.
    public static func tree(of file: ConfigurationFile) -> (root: YAMLNode?, problems: [ConfigurationProblem]) {
        YAMLComposer.compose(file)
    }
}
