extension ConfigurationKey {
    /// A text of `bytes` UTF-8 bytes, at most 65,536. Without a default it is required, unless `isRequired` is false.
    public static func string(
        _ path: String, bytes: ClosedRange<Int> = 1...ConfigurationType.stringBytesMax, default value: String? = nil,
        isRequired: Bool = true, _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, .string(bytes: bytes), default: value.map { .string($0) }, isRequired: isRequired, summary: summary)
    }

    /// A text nobody may see. It has no default. `NAME_FILE` in the environment names a file that holds it.
    public static func secret(
        _ path: String, bytes: ClosedRange<Int> = 1...ConfigurationType.stringBytesMax, isRequired: Bool = true,
        _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, .string(bytes: bytes), default: nil, isRequired: isRequired, isSecret: true, summary: summary)
    }

    /// An integer within a range.
    public static func int(
        _ path: String, in range: ClosedRange<Int>, default value: Int? = nil, isRequired: Bool = true,
        _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, .int(range), default: value.map { .int($0) }, isRequired: isRequired, summary: summary)
    }

    /// A number within a range.
    public static func double(
        _ path: String, in range: ClosedRange<Double>, default value: Double? = nil, isRequired: Bool = true,
        _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, .double(range), default: value.map { .double($0) }, isRequired: isRequired, summary: summary)
    }

    /// True or false; also `yes`, `no`, `on`, `off`, `1`, `0`.
    public static func bool(
        _ path: String, default value: Bool? = nil, isRequired: Bool = true, _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(path, .bool, default: value.map { .bool($0) }, isRequired: isRequired, summary: summary)
    }

    /// A duration within a range, by default 1 ms to a day.
    public static func duration(
        _ path: String, in range: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400),
        default value: Duration? = nil, isRequired: Bool = true, _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, .duration(range), default: value.map { .duration($0) }, isRequired: isRequired, summary: summary)
    }

    /// One of a few words.
    public static func choice(
        _ path: String, of words: [String], default value: String? = nil, isRequired: Bool = true, _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, .choice(words), default: value.map { .string($0) }, isRequired: isRequired, summary: summary)
    }

    /// A port, 0 to 65535; 0 lets the system choose.
    public static func port(
        _ path: String, default value: Int? = nil, isRequired: Bool = true, _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(path, .port, default: value.map { .int($0) }, isRequired: isRequired, summary: summary)
    }

    /// The path of a file or folder.
    public static func path(
        _ path: String, default value: String? = nil, isRequired: Bool = true, _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(path, .path, default: value.map { .string($0) }, isRequired: isRequired, summary: summary)
    }

    /// A list of texts.
    public static func list(
        _ path: String, count: ClosedRange<Int> = 0...100, of allowed: [String]? = nil, default value: [String]? = nil,
        isRequired: Bool = true, _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, .list(count: count, allowed: allowed), default: value.map { .list($0) }, isRequired: isRequired,
            summary: summary)
    }
}
