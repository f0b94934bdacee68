public import FlotillaCore
public import FlotillaObservability
internal import GRPCCore
internal import GRPCInProcessTransport
internal import Synchronization

/// Runs the gRPC services of one service of the fleet, in this process.
///
/// It may be run again after it has ended: callers hold on to the exchange, not to the host.
public final class RPCHost: Sendable {
    /// Verifies the token of a call and tells whose it is; throws `unauthenticated` when it is not valid.
    public typealias Authenticate = @Sendable (Secret) async throws -> Principal

    private struct Running {
        var entry: UInt64
        var client: InProcessTransport.Client
    }

    /// The service's name, by which it is called: `catalog`.
    public let service: String
    private let services: [RPCService]
    private let exchange: RPCExchange
    private let interceptor: RPCServerInterceptor
    private let running = Mutex<Running?>(nil)

    /// - Parameters:
    ///   - services: what can be called; at least one.
    ///   - exchange: where callers look for it.
    ///   - telemetry: the service's own; its service name is the name to be called by.
    ///   - authenticate: nil: calls have no verified caller, whatever token they bring.
    ///   - allowedCallers: the services that may call, by name; nil: all.
    ///   - defaultTimeout: how long a call may take that does not say.
    public init(
        _ services: [RPCService], on exchange: RPCExchange, telemetry: Telemetry, authenticate: Authenticate? = nil,
        allowedCallers: [String]? = nil, defaultTimeout: Duration = .seconds(5)
    ) {
        service = telemetry.service
        self.services = services
        self.exchange = exchange
        interceptor = RPCServerInterceptor(
            telemetry: telemetry, authenticate: authenticate, allowedCallers: allowedCallers.map(Set.init),
            defaultTimeout: defaultTimeout)
    }

    /// Whether calls are taken now.
    public var isRunning: Bool { running.withLock { $0 != nil } }

    /// Takes calls until the task is cancelled or ``drain()`` is called.
    ///
    /// A cancellation cancels the calls under way, too; their callers are told that the service is unavailable.
    /// Returns normally in both cases.
    ///
    /// - Throws: `already-running` when it runs.
    public func run() async throws {
        let transport = InProcessTransport()
        let server = GRPCServer(
            transport: transport.server, services: services.map(\.registrable), interceptors: [interceptor])
        let entry = try begin(transport.client)
        defer { end(entry) }
        try await withTaskCancellationHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.serve() }
                group.addTask {
                    // Ends when this task is cancelled, or when a drained transport has no call left.
                    try await transport.client.connect()
                    server.beginGracefulShutdown()
                }
                try await group.waitForAll()
            }
        } onCancel: {
            end(entry)
        }
    }

    /// Takes no further call; ``run()`` returns when those under way are done. Without effect when it does not run.
    public func drain() {
        guard let now = running.withLock({ $0 }) else { return }
        exchange.leave(service, entry: now.entry)
        now.client.beginGracefulShutdown()
    }

    private func begin(_ client: InProcessTransport.Client) throws -> UInt64 {
        try running.withLock { running in
            guard running == nil else {
                throw ServiceError(
                    .internal, "already-running", "The gRPC host of \(service) runs already; stop it first.")
            }
            let entry = exchange.enter(service, .inProcess(client))
            running = Running(entry: entry, client: client)
            return entry
        }
    }

    private func end(_ entry: UInt64) {
        exchange.leave(service, entry: entry)
        running.withLock { running in
            if running?.entry == entry { running = nil }
        }
    }
}
