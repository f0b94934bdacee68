public import FlotillaCore

/// One thing that is wrong with a configuration.
public struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
    /// The path of the key; empty when it is about a whole file or flag.
    public var key: String
    /// The value as it was given; nil when there is none or it must not be shown.
    public var value: String?
    /// nil when nobody gave a value.
    public var origin: ConfigurationOrigin?
    /// What is wrong, following the key and value in a sentence: `is not a duration`.
    public var message: String
    /// What is allowed instead.
    public var allowed: String

    public init(key: String, value: String?, origin: ConfigurationOrigin?, message: String, allowed: String) {
        self.key = key
        self.value = value
        self.origin = origin
        self.message = message
        self.allowed = allowed
    }

    /// `orders.timeout: "5x" is not a duration (shop.yaml:12). Allowed: a duration from 1ms to 1m, …`
    public var description: String {
        var text = key.isEmpty ? "" : "\(Self.line(key)): "
        if let value { text += "\"\(Self.line(value))\" " }
        text += message
        if let origin { text += " (\(origin))" }
        return text + ". Allowed: \(allowed)."
    }

    /// What somebody wrote, in one line and not too long, whatever it was.
    private static func line(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for (index, scalar) in text.unicodeScalars.enumerated() {
            guard index < 200 else { return String(shown) + "…" }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: shown.append("\u{FFFD}")
            default: shown.append(scalar)
            }
        }
        return String(shown)
    }
}

/// A configuration cannot be used; it says everything that is wrong at once.
public struct ConfigurationError: DescribedError, CustomStringConvertible {
    /// At least one, in the order of their keys.
    public let problems: [ConfigurationProblem]

    public init(_ problems: [ConfigurationProblem]) {
        self.problems = problems
    }

    public var kind: ErrorKind { .invalid }
    public var slug: String { "invalid-configuration" }
    public var isRetryable: Bool { false }
    public var detail: String { description }
    public var fields: [FieldError] { problems.map { FieldError(field: $0.key, message: $0.description) } }

    /// One line for one problem, a line each for several.
    public var description: String {
        if problems.count == 1 { return "The configuration cannot be used: \(problems[0])" }
        return "The configuration has \(problems.count) problems:\n"
            + problems.map { "  \($0)" }.joined(separator: "\n")
    }
}
