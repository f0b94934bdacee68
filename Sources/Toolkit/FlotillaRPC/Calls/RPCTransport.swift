internal import GRPCCore
internal import GRPCInProcessTransport

/// A client transport that asks the exchange for the way at every call.
///
/// It is never connected itself: routes in an exchange are. A callee without a route is unavailable at
/// once; nothing is queued for it.
final class RPCTransport: ClientTransport {
    typealias Bytes = [UInt8]
    typealias Inbound = RPCAsyncSequence<RPCResponsePart<Bytes>, any Error>
    typealias Outbound = RPCWriter<RPCRequestPart<Bytes>>.Closable

    /// gRPC's own retries roll real dice; ours are in FlotillaResilience.
    var retryThrottle: RetryThrottle? { nil }
    private let service: String
    private let exchange: RPCExchange

    init(to service: String, on exchange: RPCExchange) {
        self.service = service
        self.exchange = exchange
    }

    func connect() async throws {}

    func beginGracefulShutdown() {}

    func config(forMethod descriptor: MethodDescriptor) -> MethodConfig? { nil }

    func withStream<T: Sendable>(
        descriptor: MethodDescriptor, options: CallOptions,
        _ closure: (_ stream: RPCStream<Inbound, Outbound>, _ context: ClientContext) async throws -> T
    ) async throws -> T {
        switch exchange.route(to: service) {
        case .inProcess(let client):
            return try await client.withStream(descriptor: descriptor, options: options, closure)
        case nil:
            throw RPCError(code: .unavailable, message: "\(service) is not running")
        }
    }
}
