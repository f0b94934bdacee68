public import FlotillaConfiguration
internal import FlotillaRuntime
internal import Foundation

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

extension ShopConfiguration {
    /// The settings, from flags, the environment, a file and the defaults.
    ///
    /// - Parameter path: a YAML file; nil: there is none.
    /// - Throws: ``ConfigurationError`` with everything that is wrong.
    static func load(_ path: String?, flags: [ConfigurationFlag]) throws(ConfigurationError) -> Configuration {
        var file: ConfigurationFile?
        if let path { file = try ConfigurationFile.read(path) }
        return try Configuration.load(
            schema, file: file, environment: ProcessInfo.processInfo.environment, flags: flags)
    }
}

extension Configuration {
    /// How many copies of services are to run, by name.
    ///
    /// - Throws: ``ConfigurationError`` with everything that is wrong: no list of names and numbers, a name that is not
    ///   in the fleet, or more copies than a service bears.
    func replicas(of map: FleetMap) throws(ConfigurationError) -> [String: Int] {
        var replicas: [String: Int] = [:]
        var problems: [ConfigurationProblem] = []
        func refuse(_ part: Substring, _ message: String, _ allowed: String) {
            problems.append(
                ConfigurationProblem(
                    key: "replicas", value: String(part), origin: origin(of: "replicas"), message: message,
                    allowed: allowed))
        }
        let known = map.manifests.map(\.name)
        for part in string("replicas").split(separator: ",") {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
            guard pair.count == 2, let count = Int(pair[1]) else {
                refuse(part, "is no name and number", "notifications=2,inventory=2")
                continue
            }
            guard let manifest = map.manifests.first(where: { $0.name == pair[0] }) else {
                let hint = ConfigurationProblem.suggestion(for: pair[0], among: known)
                refuse(part, "names no service\(hint)", known.joined(separator: ", "))
                continue
            }
            if !(1...manifest.replicasMax).contains(count) {
                refuse(part, "is a number that \(pair[0]) cannot run with", "1 to \(manifest.replicasMax) replicas")
            } else if replicas.updateValue(count, forKey: pair[0]) != nil {
                refuse(part, "names \(pair[0]) a second time", "each service once")
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
        return replicas
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
