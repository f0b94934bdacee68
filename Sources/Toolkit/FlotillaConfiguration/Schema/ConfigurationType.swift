/// What kind of value a key has, and which are allowed.
public enum ConfigurationType: Sendable, Hashable {
    /// Text of so many UTF-8 bytes.
    case string(bytes: ClosedRange<Int>)
    case int(ClosedRange<Int>)
    case double(ClosedRange<Double>)
    case bool
    /// ``DurationText``.
    case duration(ClosedRange<Duration>)
    /// One of a few words.
    case choice([String])
    /// A TCP port; 0 lets the system choose a free one.
    case port
    /// A file or folder, relative to the working directory.
    case path
    /// Texts, in the file as a list, in variables and flags separated by commas; of `allowed` only, when given.
    case list(count: ClosedRange<Int>, allowed: [String]?)

    /// What is allowed, for people: `an integer from 1 to 1000`.
    public var allowed: String {
        switch self {
        case .string(let bytes):
            bytes.upperBound == Self.stringBytesMax && bytes.lowerBound <= 1
                ? "text" : "text of \(bytes.lowerBound) to \(bytes.upperBound) bytes"
        case .int(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .double(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .bool: "true or false"
        case .duration(let range):
            """
            a duration from \(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound)), \
            such as 500ms, 5s or 2m
            """
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .port: "a port from 1 to 65535, or 0 for any free one"
        case .path: "the path of a file or folder"
        case .list(let count, let allowed):
            "a list of \(count.lowerBound) to \(count.upperBound) "
                + (allowed.map { "of \($0.joined(separator: ", "))" } ?? "texts")
        }
    }

    /// No text in a configuration is longer.
    public static let stringBytesMax = 65_536

    /// One word for reference tables.
    var name: String {
        switch self {
        case .string: "text"
        case .int: "integer"
        case .double: "number"
        case .bool: "true/false"
        case .duration: "duration"
        case .choice: "choice"
        case .port: "port"
        case .path: "path"
        case .list: "list"
        }
    }
}
