/// A value of one of the types a key can have.
public enum ConfigurationValue: Sendable, Hashable {
    /// Strings, choices and paths.
    case string(String)
    /// Integers and ports.
    case int(Int)
    case double(Double)
    case bool(Bool)
    case duration(Duration)
    case list([String])

    /// The value as it would be written in the file: `5s`, `true`, `a, b`.
    public var text: String {
        switch self {
        case .string(let value): value
        case .int(let value): String(value)
        case .double(let value): "\(value)"
        case .bool(let value): value ? "true" : "false"
        case .duration(let value): DurationText.format(value)
        case .list(let values): values.joined(separator: ", ")
        }
    }
}
