public import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaOperations
internal import FlotillaResilience
internal import FlotillaResilience
internal import FlotillaRuntime
internal import FlotillaSecurity
internal import ShopEdge

/// The whole Shop in this process: the fleet, the gateway in front of it, the operations port beside it.
public struct ShopApplication: Sendable {
    /// Where the Shop can be reached.
    public struct Addresses: Sendable {
        public var gateway: String
        public var operations: String
        public var gatewayPort: Int
        public var operationsPort: Int
    }

    private static let audience = "shop"
    private let configuration: Configuration

    public init(_ configuration: Configuration) { self.configuration = configuration }

    /// Runs the Shop until the task is cancelled.
    ///
    /// - Parameter onReady: called once, when orders can be placed.
    /// - Throws: what keeps it from starting: a bad setting, an occupied port, a folder in use.
    public func run(onReady: @escaping @Sendable (Addresses) -> Void = { _ in }) async throws {
        let world = World.system()
        let map = try ShopFleet.map(isDemo: configuration.bool("demo.seed"))
        // A plan that does not hold stops the start before anything is written.
        let (policyFile, policyPath) = try ShopPolicies.file(configuration.optionalString("policies"))
        let shape = ShopPolicies.shape(of: map)
        let checked = try LivePolicies.checked(policyFile, shape)
        let replicas = try configuration.replicas(of: map)
        let data = try DataFolder(configuration.path("data"))
        let logs = MemoryLogSink()
        let file = try FileLogSink(path: data.folder("logs") + "/shop.jsonl")
        defer { file.flush() }
        let level = LogLevel(rawValue: configuration.choice("log.level")) ?? .info
        let sink = TeeLogSink([
            logs, file, StderrLogSink(level: configuration.bool("quiet") ? .critical : .error, format: .plain),
        ])
        let identity = FleetOptions.Identity(
            issuer: configuration.string("users.issuer"), audience: Self.audience, service: "users")
        let policies = LivePolicies(
            checked, for: shape, watching: policyPath,
            telemetry: Telemetry(service: "policies", world: world, sink: sink, level: level))
        var options = FleetOptions(
            dataFolder: data.path, world: world, sink: sink, level: level, policies: policies.current.file.book,
            identity: identity, settings: configuration.serviceSettings)
        options.livePolicies = policies
        options.replicas = replicas
        let fleet = Fleet(map, options: options)
        let gatewayTelemetry = Telemetry(
            service: "gateway", world: world, sink: sink, spans: fleet.options.spans, level: level)
        let gateway = try ShopGateway.make(
            directory: FleetDirectory(fleet: fleet), policies: fleet.policies, verifier: fleet.makeVerifier(),
            limits: limits, admission: admission, facts: facts, telemetry: gatewayTelemetry,
            world: world)
        let operations = Operations(
            fleet: fleet, logs: logs, telemetry: gatewayTelemetry.renamed("operations"), title: "The Shop: operations")
        let doors = Doors(
            configuration, gateway: gateway, operations: operations, telemetry: gatewayTelemetry, world: world, onReady)
        // The doors close before the services go, so that requests under way are answered.
        try await withCancellationNotice { notice in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (started, startedSink) = AsyncStream.makeStream(of: Void.self)
                group.addTask {
                    defer { startedSink.finish() }
                    try await fleet.run { startedSink.yield() }
                }
                for await _ in started { break }
                // A fleet that did not start says why.
                if !fleet.isServing { try await group.next() }
                group.addTask { try await policies.watch(adoptingInto: fleet.policies) }
                defer { group.cancelAll() }
                try await doors.open(until: notice)
            }
        }
    }
}

extension ShopApplication {
    private var limits: RateLimitPlan {
        switch configuration.choice("gateway.rateLimits") {
        case "strict": .strict
        case "off": .off
        default: .demo
        }
    }

    /// How many requests the gateway lets in where the policy file does not say; nil: any number, whatever it says.
    private var admission: AdaptiveLimit? { configuration.bool("gateway.sheds") ? .door : nil }

    /// What the index page tells.
    private var facts: ShopFacts {
        let operationsPort = configuration.port("operations.port")
        return ShopFacts(
            publicURL: "http://\(configuration.string("gateway.host")):\(configuration.port("gateway.port"))",
            // A port that the system chooses is not known before.
            operationsURL: operationsPort == 0
                ? nil : "http://\(configuration.string("operations.host")):\(operationsPort)",
            demoAccounts: configuration.bool("demo.seed")
                ? [
                    ("ada@shop.example", "customer, free"), ("grace@shop.example", "customer, premium"),
                    ("linus@shop.example", "support, region eu"), ("root@shop.example", "admin"),
                ] : [])
    }
}

/// The gateway's way to the services of the fleet.
struct FleetDirectory: ServiceDirectory {
    let fleet: Fleet
    func responder(for service: String) -> (any Responder)? { fleet.responder(for: service) }
}
