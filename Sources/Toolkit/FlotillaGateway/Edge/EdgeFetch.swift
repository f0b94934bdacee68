#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import FlotillaProxy
    internal import FlotillaResilience
    internal import HTTPTypes

    /// Asks upstreams for whole answers, for what a loop cannot pass on as it comes: answers that are kept, changed or
    /// put together. By the same balancers and guards as everything else that goes there.
    struct EdgeFetch: Sendable {
        private static let timeout = Duration.seconds(30)
        private let connections: RemoteConnections
        private let world: World

        init(_ connections: RemoteConnections, _ world: World) {
            self.connections = connections
            self.world = world
        }

        /// What the upstream answers, be it a problem.
        ///
        /// - Throws: `unavailable` when nobody can be reached, `circuit-open`, `bulkhead-full`, `limit-reached`,
        ///   `timeout`.
        func send(
            _ request: Request, to upstream: EdgeUpstream, _ context: CallContext
        ) async throws -> Response {
            let isRepeatable = request.body.isEmpty && CacheQuestion.isSafe(request.method.rawValue)
            let call = upstream.upstream.balancer.call()
            do {
                guard let callGuard = upstream.callGuard else {
                    return try await attempt(request, upstream, call, context)
                }
                return try await callGuard.run(context, isIdempotent: isRepeatable) { context in
                    try await attempt(request, upstream, call, context)
                }
            } catch let answer as UnsuccessfulAnswer {
                return answer.response
            }
        }

        private func attempt(
            _ request: Request, _ upstream: EdgeUpstream, _ call: BalancedCall, _ context: CallContext
        ) async throws -> Response {
            try await call.attempt(context) { endpoint, context in
                let responder = RemoteResponder(
                    upstream.plan.name, at: "http://\(endpoint.instance.address)", connections: connections,
                    world: world, timeout: upstream.plan.answerTimeout)
                var request = request
                request.deadline = context.deadline
                let response = try await responder.send(request)
                if let answer = UnsuccessfulAnswer(response) { throw answer }
                return response
            }
        }

        /// The context of a request whose route gives it so much time.
        func context(_ request: Request, _ ticket: EdgeTicket) -> CallContext {
            var context = request.context(world, timeout: ticket.route.plan.timeout ?? Self.timeout)
            context.principal = ticket.pass.principal
            context.token = request.bearerToken
            return context
        }
    }
#endif
