internal import ArgumentParser
internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaObservability
internal import FlotillaOperations
internal import FlotillaRuntime
internal import Foundation

/// `shop gateway`: the gateway alone, before servers of any kind.
struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway", abstract: "Runs the gateway alone, as a file says, until Ctrl-C.",
        discussion: """
            This file is enough to forward everything:

              listen: 127.0.0.1:8088
              threads: 1            # optional; one per core by default
              upstreams:
                backend: { instances: ["127.0.0.1:9000"] }
              routes:
                - match: { path: "/**" }
                  to: backend
            """,
        subcommands: [
            GatewayRunCommand.self, GatewayCheckCommand.self, GatewaySchemaCommand.self, GatewayKeyCommand.self,
        ], defaultSubcommand: GatewayRunCommand.self)
}

/// `shop gateway run`, or just `shop gateway`.
struct GatewayRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs it; the file is watched, and a change holds without a restart.")

    @Option(help: "The YAML file with the gateway's plan.") var config: String
    @Flag(help: "Print nothing but errors.") var quiet = false

    func run() async throws {
        try await Complaining.run {
            let plan = try ProxyPlan.read(try ConfigurationFile.read(config))
            #if os(Linux)
                let isQuiet = quiet
                let world = World.system()
                let telemetry = Telemetry(
                    service: "gateway", world: world, sink: StderrLogSink(level: .notice, format: .plain))
                let server = try ProxyServer(
                    plan, threads: ProcessInfo.processInfo.activeProcessorCount, world: world, telemetry: telemetry
                ) { port in
                    if !isQuiet { Terminal.write("The gateway listens on \(plan.scheme)://\(plan.host):\(port)\n") }
                }
                let live = LiveProxyPlan(server, from: config, telemetry: telemetry)
                try await ProcessSignals.runUntilStopped {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            do { try await live.watch() } catch is CancellationError { return }
                        }
                        if let place = plan.operations {
                            let operations = GatewayServer(
                                responder: GatewayOperations(server, live, telemetry: telemetry), host: place.host,
                                port: place.port, world: world)
                            group.addTask { try await operations.run() }
                        }
                        group.addTask { try await server.run() }
                        // The first to end ends all: by Ctrl-C, or since its port cannot be had.
                        try await group.next()
                        group.cancelAll()
                        try await group.waitForAll()
                    }
                }
            #else
                throw ServiceError(
                    .unavailable, "linux-only", "The gateway alone runs on Linux; \(plan.host) stays closed.")
            #endif
        }
    }
}

/// `shop gateway check`: what is wrong with a file, before a gateway is told to go by it.
struct GatewayCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Says what is wrong with a file, with its lines; starts nothing.")

    @Option(help: "The YAML file with the gateway's plan.") var config: String

    func run() throws {
        try Complaining.run {
            let plan = try ProxyPlan.read(try ConfigurationFile.read(config))
            Terminal.write("\(config) is right: \(plan.summary).\n")
        }
    }
}

/// `shop gateway schema`: for editors.
struct GatewaySchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the JSON Schema of such files.")

    func run() throws { Terminal.write(ProxyPlan.jsonSchema) }
}

/// `shop gateway key`: for applications that send `X-API-Key`.
struct GatewayKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Makes a key for an application: shown once, with the line for the file.")

    @Argument(help: "The name of the application.") var name: String
    @Option(help: "A permission it has; may be repeated.") var permission: [String] = []
    @Option(help: "How many requests it may send in an hour.") var perHour: Int?

    func run() throws {
        try Complaining.run {
            let new = try NewAPIKey(name, permissions: permission, perHour: perHour, random: World.system().random)
            Terminal.write("The key, for the application: \(new.key.exposed)\n\(new.yaml)\n")
        }
    }
}
