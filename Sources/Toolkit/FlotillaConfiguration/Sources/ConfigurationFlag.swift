/// A value given on the command line.
public struct ConfigurationFlag: Sendable, Hashable {
    /// As it was written, for messages: `--port`.
    public var name: String
    /// The path of the key it sets.
    public var key: String
    public var value: String

    public init(_ name: String, sets key: String, to value: String) {
        self.name = name
        self.key = key
        self.value = value
    }

    /// `orders.timeout=5s`, as given to a flag that can set any key, such as `--set`.
    ///
    /// - Throws: ``ConfigurationError`` when there is no `=`.
    public init(_ name: String, assignment: String) throws(ConfigurationError) {
        guard let sign = assignment.firstIndex(of: "="), sign != assignment.startIndex else {
            // The text is not shown: it may be a secret given without its name.
            throw ConfigurationError([
                ConfigurationProblem(
                    key: "", value: nil, origin: .flag(name), message: "\(name) was given without a key",
                    allowed: "key=value, such as orders.timeout=5s")
            ])
        }
        self.init(name, sets: trimmed(assignment[..<sign]), to: String(assignment[assignment.index(after: sign)...]))
    }
}
