internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaResilience
internal import GRPCCore

/// What happens around every method: the call context is read, the caller verified, the deadline kept,
/// the error described; a span and a metric are recorded.
struct RPCServerInterceptor: ServerInterceptor {
    private let telemetry: Telemetry
    private let authenticate: RPCHost.Authenticate?
    private let allowedCallers: Set<String>?
    private let defaultTimeout: Duration
    private let metrics: RPCMetrics

    init(
        telemetry: Telemetry, authenticate: RPCHost.Authenticate?, allowedCallers: Set<String>?,
        defaultTimeout: Duration
    ) {
        self.telemetry = telemetry
        self.authenticate = authenticate
        self.allowedCallers = allowedCallers
        self.defaultTimeout = defaultTimeout
        metrics = RPCMetrics(side: "server", registry: telemetry.metrics)
    }

    func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>, context: ServerContext,
        next: @Sendable (
            _ request: StreamingServerRequest<Input>, _ context: ServerContext
        ) async throws -> StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        let time = telemetry.world.time
        let method = context.descriptor.method
        let started = time.uptime
        do {
            let response = try await serve(request, context, next)
            metrics.note(method: method, outcome: "ok", took: time.uptime - started)
            return response
        } catch {
            let described = RPCFailure.described(error, service: telemetry.service)
            metrics.note(method: method, outcome: described.slug, took: time.uptime - started)
            throw RPCFailure.sent(described, service: telemetry.service)
        }
    }

    private func serve<Input: Sendable, Output: Sendable>(
        _ request: StreamingServerRequest<Input>, _ context: ServerContext,
        _ next: @Sendable (StreamingServerRequest<Input>, ServerContext) async throws -> StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        let received = try RPCMetadata.read(request.metadata, world: telemetry.world, timeout: defaultTimeout)
        let method = context.descriptor.method
        return try await telemetry.span(method, received, kind: .server) { child in
            let call = try await admit(child, caller: RPCMetadata.caller(in: request.metadata))
            var context = context
            context.transportSpecific = call
            let contextOfCall = context
            do {
                // The group inside waits for its tasks, so `next` does not outlive this scope.
                return try await withoutActuallyEscaping(next) { next in
                    try await withDeadline(call.context, on: telemetry.world.time, of: telemetry.service) { _ in
                        try await next(request, contextOfCall)
                    }
                }
            } catch {
                if !(error is any DescribedError), !(error is CancellationError) {
                    telemetry.log(.error, "a gRPC method failed in a way nobody described", child, error: error, [
                        "method": method
                    ])
                }
                throw error
            }
        }
    }

    private func admit(_ context: CallContext, caller: String?) async throws -> ReceivedCall {
        if let allowedCallers, !allowedCallers.contains(caller ?? "") {
            throw ServiceError(
                .denied, "caller-not-allowed",
                "\(telemetry.service) does not take calls from \(caller ?? "an unnamed caller").")
        }
        var context = context
        if let authenticate, let token = context.token { context.principal = try await authenticate(token) }
        return ReceivedCall(context: context, callerService: caller)
    }
}
