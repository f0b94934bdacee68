#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaHTTP
    internal import FlotillaProxy
    internal import FlotillaResilience
    internal import FlotillaTranscoding

    /// How plain requests become calls of an upstream that speaks gRPC.
    struct EdgeGRPC: Sendable {
        let transcoder: Transcoder
        let caller: HTTP2Caller

        /// - Parameter known: of the upstream before, whose connections go on where the instances are the same.
        /// - Throws: ``ServiceError`` `transcoding` for a plan that does not fit itself.
        init(
            _ plan: TranscodingPlan, _ upstream: UpstreamPlan, known: EdgeUpstream?, _ world: World
        ) throws(ServiceError) {
            do {
                transcoder = try plan.transcoder()
            } catch {
                throw ServiceError(.invalid, "transcoding", "\(upstream.name): \(error)")
            }
            if let old = known?.grpc?.caller, known?.plan.instances == upstream.instances {
                caller = old
                return
            }
            var limits = HTTP2Limits()
            limits.messageBytesMax = plan.messageBytesMax
            let instances = upstream.instances.compactMap { UpstreamInstance($0) }.map { ($0.host, $0.port) }
            caller = HTTP2Caller(upstream.name, instances: instances, limits: limits, time: world.time)
        }

        /// What the upstream answers.
        ///
        /// - Throws: what ``Transcoder/respond(to:_:through:)`` does, and what the guard does.
        func send(_ request: Request, to upstream: EdgeUpstream, _ context: CallContext) async throws -> Response {
            guard let callGuard = upstream.callGuard else {
                return try await transcoder.respond(to: request, context, through: caller)
            }
            return try await callGuard.run(context, isIdempotent: false) { context in
                try await transcoder.respond(to: request, context, through: caller)
            }
        }
    }
#endif
