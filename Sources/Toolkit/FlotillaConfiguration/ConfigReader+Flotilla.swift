public import Configuration

extension ConfigReader {
    /// The checked values as a reader of swift-configuration, for libraries that take one.
    ///
    /// Keys have the same dotted paths; durations are numbers of seconds. Secrets are marked as such.
    public init(_ configuration: FlotillaConfiguration.Configuration) {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for key in configuration.schema.keys {
            guard let value = configuration.entries[key.path]?.value else { continue }
            let parts = key.path.split(separator: ".").map(String.init)
            values[AbsoluteConfigKey(parts)] = ConfigValue(content(of: value), isSecret: key.isSecret)
        }
        self.init(provider: InMemoryProvider(name: "flotilla", values: values))
    }
}

private func content(of value: ConfigurationValue) -> ConfigContent {
    switch value {
    case .string(let text): .string(text)
    case .int(let number): .int(number)
    case .double(let number): .double(number)
    case .bool(let flag): .bool(flag)
    case .duration(let duration):
        .double(Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
    case .list(let texts): .stringArray(texts)
    }
}
