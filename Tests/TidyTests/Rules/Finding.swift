/// A place that breaks a rule, and what to do about it.
struct Finding: CustomStringConvertible, Hashable {
    /// The rule's name, as the ratchet lists it.
    let rule: String
    let path: String
    /// From 1; 1 when it is about the file as a whole.
    let line: Int
    /// What is wrong, and what to write instead.
    let message: String

    var description: String { "\(path):\(line): \(message) [\(rule)]" }
}

/// A rule that looks at one file at a time.
protocol FileRule: Sendable {
    /// Kebab-case; stands in findings and in the ratchet.
    static var name: String { get }
    func findings(in file: SourceText) -> [Finding]
}

extension FileRule {
    func finding(_ file: SourceText, line: Int, _ message: String) -> Finding {
        Finding(rule: Self.name, path: file.path, line: line, message: message)
    }
}
