internal import FlotillaConfiguration
internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
internal import Synchronization

/// The two ports of the Shop: customers' and operators'.
final class Doors: Sendable {
    private let ports = Mutex<(gateway: Int?, operations: Int?)>((nil, nil))
    private let configuration: Configuration
    private let gateway: Gateway
    private let operations: any Responder
    private let telemetry: Telemetry
    private let world: World
    private let onReady: @Sendable (ShopApplication.Addresses) -> Void

    init(
        _ configuration: Configuration, gateway: Gateway, operations: any Responder, telemetry: Telemetry,
        world: World, _ onReady: @escaping @Sendable (ShopApplication.Addresses) -> Void
    ) {
        self.configuration = configuration
        self.gateway = gateway
        self.operations = operations
        self.telemetry = telemetry
        self.world = world
        self.onReady = onReady
    }

    /// Serves both until the notice comes, then lets requests under way finish.
    ///
    /// - Throws: when a port cannot be had.
    func open(until notice: CancellationNotice) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await self.server(self.operations, "operations") { port in
                    self.note { $0.operations = port }
                }.run()
            }
            group.addTask { try await self.serveCustomers { port in self.note { $0.gateway = port } } }
            group.addTask { await notice.received() }
            defer { group.cancelAll() }
            // Whichever ends first closes both: the notice, or a port that cannot be had.
            try await group.next()
        }
    }

    private func serveCustomers(onListening: @escaping @Sendable (Int) -> Void) async throws {
        #if os(Linux)
            try await GatewayServer(
                responder: gateway, host: configuration.string("gateway.host"),
                port: configuration.port("gateway.port"), world: world, telemetry: telemetry,
                onListening: onListening
            ).run()
        #else
            try await server(gateway, "gateway", onListening: onListening).run()
        #endif
    }

    private func server(
        _ responder: any Responder, _ door: String, onListening: @escaping @Sendable (Int) -> Void
    ) -> HTTPServer {
        HTTPServer(
            responder: responder, host: configuration.string("\(door).host"), port: configuration.port("\(door).port"),
            world: world, telemetry: telemetry.renamed(door), onListening: onListening)
    }

    /// Tells when both ports are open.
    private func note(_ change: (inout (gateway: Int?, operations: Int?)) -> Void) {
        let open: (Int, Int)? = ports.withLock { ports in
            change(&ports)
            guard let gateway = ports.gateway, let operations = ports.operations else { return nil }
            return (gateway, operations)
        }
        guard let (gateway, operations) = open else { return }
        onReady(
            ShopApplication.Addresses(
                gateway: "http://\(configuration.string("gateway.host")):\(gateway)",
                operations: "http://\(configuration.string("operations.host")):\(operations)", gatewayPort: gateway,
                operationsPort: operations))
    }
}
