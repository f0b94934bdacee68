#if os(Linux)
    public import FlotillaCore
    internal import FlotillaHTTP
    public import FlotillaObservability
    internal import FlotillaProxy

    /// A gateway that stands alone: it forwards what comes to its port as a ``ProxyPlan`` says, each request and each
    /// answer as they come, on threads that wait for nothing but sockets.
    public struct ProxyServer: Sendable {
        private let server: LoopServer
        private let door: ProxyDoor
        private let certificates: LiveCertificates?
        private let telemetry: Telemetry

        /// - Parameters:
        ///   - threads: when the plan does not say how many.
        ///   - telemetry: gets the counts of requests, by route and status.
        ///   - onListening: called once, with the actual port, when connections are accepted.
        /// - Throws: ``ServiceError`` `upstream-address` for an instance that has no address, and `tls-certificate` for
        ///   a certificate that cannot be shown.
        public init(
            _ plan: ProxyPlan, threads: Int, world: World = .system(), telemetry: Telemetry,
            onListening: @escaping @Sendable (Int) -> Void = { _ in }
        ) throws(ServiceError) {
            var limits = ConnectionLimits()
            limits.bodyBytesMax = plan.bodyBytesMax
            var told = ServerLimits()
            told.bodyBytesMax = plan.bodyBytesMax
            let refused = RefusedAnswers(
                Refusals(limits: told, world: world, telemetry: telemetry), headTimeout: limits.headTimeout)
            self.telemetry = telemetry
            door = ProxyDoor(try EdgeTable(plan, telemetry: telemetry), refused, world)
            certificates = try plan.tls.map { plan throws(ServiceError) in try LiveCertificates(plan) }
            server = LoopServer(
                door: door, host: plan.host, port: plan.port,
                threads: min(256, max(1, plan.threads ?? threads)), limits: limits, tls: certificates?.context,
                world: world,
                onListening: onListening)
        }

        /// Goes by another plan from now on; requests under way end by the one they began with. Where it listens, on
        /// how many threads and how long bodies may be stays as it was.
        ///
        /// - Throws: ``ServiceError`` `upstream-address` for an instance that has no address; the old plan then holds.
        public func adopt(_ plan: ProxyPlan) throws(ServiceError) {
            door.replace(try EdgeTable(plan, telemetry: telemetry, known: door.table))
        }

        /// Shows other certificates from now on when their files have changed, which must not be on the way any more.
        /// Connections that stand are not disturbed.
        ///
        /// - Returns: whether there was something new.
        /// - Throws: ``ServiceError`` `tls-certificate`, once for each change; what was shown is shown on.
        func lookAtCertificates() throws(ServiceError) -> Bool { try certificates?.look() ?? false }

        /// Serves until the task is cancelled, then lets requests under way finish.
        ///
        /// - Throws: ``ServiceError`` `port-in-use` or `cannot-listen` when the port cannot be had.
        public func run() async throws { try await server.run() }
    }
#endif
