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
/// none, calls fail at once with ``ServiceError/unavailable(_:retryAfter:)``, are not repeated and not held against the
/// callee (``CallGuard/noInstance(of:_:)``). Every call is guarded by the policy of its target,
/// `caller → callee.Method`, and is a span and a metric. Of a callee with replicas each attempt goes to the one that
/// the exchange's balancer picks, a further attempt to another one. Safe to share between tasks.
public final class RPCChannel: Sendable {
    /// Who is called.
    public let callee: String
    private let caller: String
    private let policies: PolicyRegistry
    private let telemetry: Telemetry
    private let time: any TimeSource
    private let metrics: RPCMetrics
    private let exchange: RPCExchange
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
        self.exchange = exchange
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
                try await self.call(method, request, child, line.guardian, isIdempotent)
            }
            metrics.note(method: method.name, outcome: "ok", took: time.uptime - started)
            return reply
        } catch {
            metrics.note(method: method.name, outcome: outcomeLabel(of: error), took: time.uptime - started)
            throw error
        }
    }

    private func call<Request: Message, Reply: Message>(
        _ method: RPCMethod<Request, Reply>, _ request: Request, _ context: CallContext, _ guardian: CallGuard,
        _ isIdempotent: Bool
    ) async throws -> Reply {
        guard exchange.isServed(callee) else { throw guardian.noInstance(of: callee, context) }
        do {
            guard let balancer = exchange.balancer(of: callee) else {
                return try await guardian.run(context, isIdempotent: isIdempotent) { attempt in
                    try await self.attempt(method, request, attempt, at: nil)
                }
            }
            return try await balancer.run(context, under: guardian, isIdempotent: isIdempotent) { endpoint, attempt in
                try await self.attempt(method, request, attempt, at: endpoint.instance.id)
            }
        } catch let error as ServiceError where error.slug == "no-instance" {
            // It was stopped meanwhile: for the caller the same as if it had been away before.
            throw ServiceError.unavailable(callee, retryAfter: nil)
        } catch {
            throw RPCRefusal.unwrapped(error)
        }
    }

    /// - Parameter instance: the replica to ask; nil: the only one.
    private func attempt<Request: Message, Reply: Message>(
        _ method: RPCMethod<Request, Reply>, _ request: Request, _ context: CallContext, at instance: InstanceID?
    ) async throws -> Reply {
        guard let route = exchange.route(to: callee, at: instance) else { throw gone }
        let metadata = RPCMetadata.make(for: context, caller: caller, time: time)
        let exchange: @Sendable () async throws -> Reply = {
            try await route.client.unary(
                request: ClientRequest(message: request, metadata: metadata), descriptor: method.descriptor,
                serializer: ProtobufSerializer<Request>(), deserializer: ProtobufDeserializer<Reply>(),
                options: .defaults
            ) { try $0.message }
        }
        do {
            guard let link = self.exchange.link else { return try await exchange() }
            return try await link.carry(from: caller, to: callee, method: method.name, exchange)
        } catch {
            throw RPCFailure.received(
                error, from: callee, isCancelled: Task.isCancelled, hasLeft: !self.exchange.holds(route, of: callee))
        }
    }

    /// That the callee ran a moment ago and does not now. Worth another attempt only where there are others.
    private var gone: ServiceError {
        var error = ServiceError.noInstance(of: callee)
        error.isRetryable = exchange.isServed(callee)
        return error
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
