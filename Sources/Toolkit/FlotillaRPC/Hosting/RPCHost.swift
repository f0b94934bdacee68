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

    private struct State {
        var running: Running?
        var nextWaiter: UInt64 = 0
        /// Who waits until it runs, in the order in which they came.
        var waiters: [(id: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
    }

    /// The service's name, by which it is called: `catalog`.
    public let service: String
    private let replica: Int
    private let services: [RPCService]
    private let exchange: RPCExchange
    private let interceptor: RPCServerInterceptor
    private let state = Mutex(State())

    /// - Parameters:
    ///   - services: what can be called; at least one.
    ///   - exchange: where callers look for it.
    ///   - telemetry: the service's own; its service name is the name to be called by.
    ///   - authenticate: nil: calls have no verified caller, whatever token they bring.
    ///   - allowedCallers: the services that may call, by name; nil: all.
    ///   - defaultTimeout: how long a call may take that does not say.
    ///   - replica: which of several copies of the service it is.
    public init(
        _ services: [RPCService], on exchange: RPCExchange, telemetry: Telemetry, authenticate: Authenticate? = nil,
        allowedCallers: [String]? = nil, defaultTimeout: Duration = .seconds(5), replica: Int = 1
    ) {
        self.replica = replica
        service = telemetry.service
        self.services = services
        self.exchange = exchange
        interceptor = RPCServerInterceptor(
            telemetry: telemetry, authenticate: authenticate, allowedCallers: allowedCallers.map(Set.init),
            defaultTimeout: defaultTimeout)
    }

    /// Whether calls are taken now.
    public var isRunning: Bool { state.withLock { $0.running != nil } }

    /// Returns as soon as calls are taken, at once when they are already.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    public func waitUntilRunning() async throws {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let immediate: Result<Void, any Error>? = state.withLock { state in
                    if state.running != nil { return .success(()) }
                    // A handler that ran before there was anything to remove leaves it to this check.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters.append((id, continuation))
                    return nil
                }
                if let immediate { continuation.resume(with: immediate) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

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
        guard let now = state.withLock({ $0.running }) else { return }
        exchange.leave(service, entry: now.entry)
        now.client.beginGracefulShutdown()
    }

    private func begin(_ client: InProcessTransport.Client) throws -> UInt64 {
        let (entry, waiters) = try state.withLock { state in
            guard state.running == nil else {
                throw ServiceError(
                    .internal, "already-running", "The gRPC host of \(service) runs already; stop it first.")
            }
            let entry = exchange.enter(service, replica: replica, client)
            state.running = Running(entry: entry, client: client)
            defer { state.waiters = [] }
            return (entry, state.waiters)
        }
        for waiter in waiters { waiter.continuation.resume() }
        return entry
    }

    private func end(_ entry: UInt64) {
        exchange.leave(service, entry: entry)
        state.withLock { state in
            if state.running?.entry == entry { state.running = nil }
        }
    }
}
