public import ArgumentParser
internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaRuntime
internal import Foundation

/// `shop`: everything that can be done with the Shop from a terminal.
public struct ShopCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "shop", abstract: "A complete shop of small services, in one program.",
        subcommands: [UpCommand.self, GatewayCommand.self, SimCommand.self, PoliciesCommand.self, SettingsCommand.self])

    public init() {}

    /// Does what the arguments say and ends the process with the right exit code.
    public static func start() async { await main() }
}

/// `shop up`: the whole Shop in this process.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Runs the whole Shop in this process until Ctrl-C.")

    @Option(help: "The gateway's port; 0 for any free one.") var port: String?
    @Option(help: "The operations port; 0 for any free one.") var opsPort: String?
    @Option(help: "The folder that holds all state.") var data: String?
    @Flag(inversion: .prefixedNo, help: "Put in demo products, stock and accounts.") var seedDemo: Bool?
    @Option(help: "demo, strict or off.") var rateLimits: String?
    @Option(help: "A policy file in place of the Shop's own; it is watched.") var policies: String?
    @Option(help: "Copies of services, as notifications=2,inventory=2.") var replicas: String?
    @Flag(help: "Print nothing but errors.") var quiet = false
    @Option(help: "A YAML file with settings.") var config: String?
    @Option(name: .customLong("set"), help: "Any setting, as key=value; see 'shop settings'.")
    var assignments: [String] = []

    func run() async throws {
        let started = SystemTime().uptime
        try await Complaining.run {
            let settings = try load()
            let isQuiet = settings.bool("quiet")
            let data = settings.path("data")
            let isDemo = settings.bool("demo.seed")
            try await ProcessSignals.runUntilStopped {
                try await ShopApplication(settings).run { addresses in
                    guard !isQuiet else { return }
                    Terminal.write(
                        Self.welcome(
                            addresses, data: data, isDemo: isDemo, after: SystemTime().uptime - started))
                }
            }
        }
    }

    private func load() throws(ConfigurationError) -> Configuration {
        var flags: [ConfigurationFlag] = []
        for assignment in assignments { flags.append(try ConfigurationFlag("--set", assignment: assignment)) }
        let given: [(String, String, String?)] = [
            ("--port", "gateway.port", port), ("--ops-port", "operations.port", opsPort), ("--data", "data", data),
            ("--policies", "policies", policies),
            ("--rate-limits", "gateway.rateLimits", rateLimits), ("--replicas", "replicas", replicas),
            ("--quiet", "quiet", quiet ? "true" : nil),
            ("--seed-demo", "demo.seed", seedDemo.map(String.init)),
        ]
        for (name, key, value) in given {
            if let value { flags.append(ConfigurationFlag(name, sets: key, to: value)) }
        }
        return try ShopConfiguration.load(config, flags: flags)
    }

    private static func welcome(
        _ addresses: ShopApplication.Addresses, data: String, isDemo: Bool, after start: Duration
    ) -> String {
        let accounts = """

              Accounts     ada@shop.example     customer, free
                           grace@shop.example   customer, premium
                           linus@shop.example   support, region eu
                           root@shop.example    admin
                           (their password stands in the README)

            """
        return """
            The Shop is open (ready in \(start.milliseconds) ms).

              Shop         \(addresses.gateway)
              Operations   \(addresses.operations)
              Data         \(data)
            \(isDemo ? accounts : "")
            Ctrl-C stops it.

            """
    }
}

/// `shop settings`: what can be set, as a reference.
struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Prints every setting with its default, as Markdown.")

    func run() throws { Terminal.write(ShopConfiguration.schema.markdown() + "\n") }
}

/// Writes to the terminal at once, so that a program that waits for a line sees it.
enum Terminal {
    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
    static func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
