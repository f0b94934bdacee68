public import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaRuntime

/// Everything that can be set about the Shop, with its defaults.
///
/// From a flag, the environment (`SHOP_GATEWAY_PORT`), a YAML file, or the default, in this order.
public enum ShopConfiguration {
    public static let schema = ConfigurationSchema(
        prefix: "SHOP",
        keys: [
            .path("data", default: "./data", "The folder that holds all state; without it, a fresh start."),
            .string("gateway.host", default: "127.0.0.1", "The address the gateway listens on."),
            .port("gateway.port", default: 8080, "The gateway's port; 0 for any free one."),
            .choice(
                "gateway.rateLimits", of: ["demo", "strict", "off"], default: "demo",
                "How much each caller may send: generous, as in production, or without limit."),
            .bool(
                "gateway.sheds", default: true,
                "Whether requests are turned away, the least important first, when there are too many to answer."),
            .string("operations.host", default: "127.0.0.1", "The address of the operations port."),
            .port("operations.port", default: 8090, "The operations port; 0 for any free one."),
            .path(
                "policies", isRequired: false,
                "The policy file, watched while the Shop runs; without it, the Shop's own (docs/policies.md)."),
            .string(
                "replicas", bytes: 0...1_000, default: "",
                "How many copies of services run, as notifications=2,inventory=2; one of those that are not named."),
            .bool("demo.seed", default: true, "Whether demo products, stock and accounts are put in."),
            .bool("quiet", default: false, "Whether nothing but errors is printed."),
            .choice(
                "log.level", of: ["trace", "debug", "info", "notice", "warning", "error"], default: "info",
                "The least level of log lines that are kept."),
            .string("users.issuer", default: "http://127.0.0.1:8080", "Who issues tokens, by its public URL."),
            .int("users.passwordCost", in: 4...18, default: 15, "How hard passwords are to guess: log₂ of scrypt's N."),
            .duration("shipping.dispatchDelay", default: .seconds(600), "When the demo carrier takes a parcel."),
            .duration("shipping.deliveryDelay", default: .seconds(1200), "How long the demo carrier is on its way."),
            .duration(
                "payments.providerLatency", in: .zero ... .seconds(60), default: .zero,
                "How long the sandbox provider thinks."),
        ])
}

extension Configuration {
    /// How many copies of services are to run, by name.
    ///
    /// - Throws: `replicas` for what is no list of names and numbers.
    var replicas: [String: Int] {
        get throws {
            try string("replicas").split(separator: ",").reduce(into: [:]) { replicas, part in
                let pair = part.split(separator: "=").map { $0.filter { $0 != " " } }
                guard pair.count == 2, let count = Int(pair[1]), count > 0, replicas[pair[0]] == nil else {
                    throw ServiceError(
                        .internal, "replicas",
                        "replicas is \"\(string("replicas"))\"; it has to be like notifications=2,inventory=2.")
                }
                replicas[pair[0]] = count
            }
        }
    }

    /// The settings of each service.
    var serviceSettings: [String: ServiceSettings] {
        [
            "users": ServiceSettings(
                texts: ["issuer": string("users.issuer"), "demoUsers": bool("demo.seed") ? "on" : "off"],
                numbers: ["passwordCost": int("users.passwordCost")]),
            "shipping": ServiceSettings(
                durations: [
                    "dispatchDelay": duration("shipping.dispatchDelay"),
                    "deliveryDelay": duration("shipping.deliveryDelay"),
                ]),
            "payments": ServiceSettings(durations: ["providerLatency": duration("payments.providerLatency")]),
        ]
    }
}
