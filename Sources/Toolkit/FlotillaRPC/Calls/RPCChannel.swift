public import FlotillaCore
public import FlotillaObservability
public import FlotillaResilience
internal import GRPCCore
internal import GRPCProtobuf
internal import Synchronization
public import SwiftProtobuf

/// The calls of one service to another.
///
/// A channel is made once, with the service that uses it, and needs no running callee: while there is
/// none, calls fail at once with ``ServiceError/unavailable(_:retryAfter:)``. Every call is guarded by the
/// policy of its target, `caller → callee.Method`, and is a span and a metric. Safe to share between tasks.
public final class RPCChannel: Sendable {
    /// Who is called.
    public let callee: String
    private let caller: String
    private let policies: PolicyRegistry
    private let telemetry: Telemetry
    private let time: any TimeSource
    private let metrics: RPCMetrics
    private let client: GRPCClient<RPCTransport>
    private let link: (any RPCLink)?
    private let lines = Mutex<[MethodDescriptor: Line]>([:])

    /// What is the same for all calls of one method.
    private struct Line: Sendable {
        var spanName: String
        var guardian: CallGuard
    }

    /// - Parameters:
    ///   - callee: the name of the service to call: `catalog`.
    ///   - exchange: where it will be found.
    ///   - policies: timeout, retries, breaker and bulkhead of each target.
    ///   - telemetry: the caller's; its service name is the identity the callee sees.
    public init(to callee: String, on exchange: RPCExchange, policies: PolicyRegistry, telemetry: Telemetry) {
        self.callee = callee
        self.policies = policies
        self.telemetry = telemetry
        caller = telemetry.service
        time = telemetry.world.time
        metrics = RPCMetrics(side: "client", peer: callee, registry: telemetry.metrics)
        client = GRPCClient(transport: RPCTransport(to: callee, on: exchange))
        link = exchange.link
    }

    /// Asks once and gets one answer.
    ///
    /// The callee gets the trace, the correlation, the user's token and the time that is left.
    ///
    /// - Parameter isIdempotent: whether the call may be repeated when its outcome is not known.
    /// - Throws: the callee's error with its kind, slug, detail and fields as a ``ServiceError``;
    ///   `unavailable` while the callee does not run or its breaker is open; `timeout` when the deadline or
    ///   the policy's time limit is over; `CancellationError`.
    public func unary<Request: Message, Reply: Message>(
        _ method: RPCMethod<Request, Reply>, _ request: Request, _ context: CallContext, isIdempotent: Bool = true
    ) async throws -> Reply {
        let line = line(for: method.descriptor)
        let started = time.uptime
        do {
            let reply = try await telemetry.span(line.spanName, context, kind: .client) { child in
                try await line.guardian.run(child, isIdempotent: isIdempotent) { attempt in
                    try await self.attempt(method, request, attempt)
                }
            }
            metrics.note(method: method.name, outcome: "ok", took: time.uptime - started)
            return reply
        } catch {
            metrics.note(method: method.name, outcome: outcomeLabel(of: error), took: time.uptime - started)
            throw error
        }
    }

    private func attempt<Request: Message, Reply: Message>(
        _ method: RPCMethod<Request, Reply>, _ request: Request, _ context: CallContext
    ) async throws -> Reply {
        let metadata = RPCMetadata.make(for: context, caller: caller, time: time)
        let exchange: @Sendable () async throws -> Reply = { [client] in
            try await client.unary(
                request: ClientRequest(message: request, metadata: metadata), descriptor: method.descriptor,
                serializer: ProtobufSerializer<Request>(), deserializer: ProtobufDeserializer<Reply>(),
                options: .defaults
            ) { try $0.message }
        }
        do {
            guard let link else { return try await exchange() }
            return try await link.carry(from: caller, to: callee, method: method.name, exchange)
        } catch {
            throw RPCFailure.received(error, from: callee, isCancelled: Task.isCancelled)
        }
    }

    private func line(for method: MethodDescriptor) -> Line {
        lines.withLock { lines in
            if let known = lines[method] { return known }
            let name = "\(callee).\(method.method)"
            let new = Line(spanName: name, guardian: policies.callGuard(from: caller, to: name))
            lines[method] = new
            return new
        }
    }
}
