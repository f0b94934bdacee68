/// One thing that can be configured: its name, its type, what it is when nobody says, and what it means.
///
/// The path is dotted, each part beginning with a small letter: `orders.timeout`, `rateLimits.mode`,
/// `http.read-timeout`. In the file the parts are nested; the environment variable is the path in capitals
/// behind the schema's prefix: `SHOP_ORDERS_TIMEOUT`, `SHOP_RATE_LIMITS_MODE`, `SHOP_HTTP_READ_TIMEOUT`.
public struct ConfigurationKey: Sendable, Hashable {
    /// Its dotted name.
    public let path: String
    /// What is allowed.
    public let type: ConfigurationType
    /// What holds when nobody says anything; nil: see ``isRequired``.
    public let defaultValue: ConfigurationValue?
    /// Whether somebody must say something. A key with neither a default nor this is read with `optional…`.
    public let isRequired: Bool
    /// Whether the value must never be shown: it is read as a `Secret` and masked everywhere else.
    public let isSecret: Bool
    /// Whether a change takes effect without a restart (``LiveConfiguration``).
    public let isLive: Bool
    /// What it decides, in a sentence or two; Markdown.
    public let summary: String

    init(
        _ path: String, _ type: ConfigurationType, default value: ConfigurationValue?, isRequired: Bool,
        isSecret: Bool = false, isLive: Bool = false, summary: String
    ) {
        precondition(
            Self.isPath(path), "\"\(path)\" cannot be a configuration key: use dotted words like orders.timeout")
        if let value {
            do { try type.check(value) } catch {
                preconditionFailure("the default of \(path), \(value.text), \(error.message); allowed: \(type.allowed)")
            }
        }
        self.path = path
        self.type = type
        defaultValue = value
        self.isRequired = isRequired && value == nil
        self.isSecret = isSecret
        self.isLive = isLive
        self.summary = summary
    }

    /// The same key, whose changes take effect without a restart.
    public var live: ConfigurationKey {
        ConfigurationKey(
            path, type, default: defaultValue, isRequired: isRequired, isSecret: isSecret, isLive: true,
            summary: summary)
    }

    /// The same key under a group: `timeout` within `orders` is `orders.timeout`.
    public func within(_ group: String) -> ConfigurationKey {
        ConfigurationKey(
            "\(group).\(path)", type, default: defaultValue, isRequired: isRequired, isSecret: isSecret,
            isLive: isLive, summary: summary)
    }

    /// The path in capitals, words separated by underscores, without a prefix.
    var variableSuffix: String {
        var result = ""
        var previous: Character = "_"
        for character in path {
            if character == "." || character == "-" {
                result.append("_")
            } else {
                if character.isUppercase, previous.isLowercase || previous.isNumber { result.append("_") }
                result.append(contentsOf: character.uppercased())
            }
            previous = character
        }
        return result
    }

    private static func isPath(_ path: String) -> Bool {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false)
        return (1...8).contains(parts.count) && path.utf8.count <= 128
            && parts.allSatisfy { part in
                guard let first = part.utf8.first, (97...122).contains(first) else { return false }
                return part.utf8.allSatisfy { byte in
                    switch byte {
                    case 45, 48...57, 65...90, 97...122: true
                    default: false
                    }
                }
            }
    }
}
