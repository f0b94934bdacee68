#if os(Linux)
    public import FlotillaCore
    internal import FlotillaHTTP
    public import FlotillaObservability
    internal import FlotillaProxy
    internal import FlotillaTranscoding

    /// A gateway that stands alone: it does with what comes to its port as a ``ProxyPlan`` says, on threads that wait
    /// for nothing but sockets. What can be passed on as it comes is; the rest is answered by tasks.
    public struct ProxyServer: Sendable {
        private let server: LoopServer
        private let door: ProxyDoor
        private let certificates: LiveCertificates?
        private let telemetry: Telemetry
        private let connections: RemoteConnections
        private let revalidations: Revalidations

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
                Refusals(limits: told, world: world, telemetry: telemetry), headTimeout: limits.headTimeout,
                telemetry: telemetry)
            revalidations = Revalidations()
            let table = try EdgeTable(plan, telemetry: telemetry, revalidations: revalidations)
            self.telemetry = telemetry
            connections = RemoteConnections(perHostMax: 256)
            door = ProxyDoor(table, refused, EdgeAnswers(telemetry), EdgeFetch(connections, world),
                background: revalidations, world)
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
            door.replace(
                try EdgeTable(plan, telemetry: telemetry, revalidations: revalidations, known: door.table))
        }

        /// Shows other certificates from now on when their files have changed, which must not be on the way any more.
        /// Connections that stand are not disturbed.
        ///
        /// - Returns: whether there was something new.
        /// - Throws: ``ServiceError`` `tls-certificate`, once for each change; what was shown is shown on.
        func lookAtCertificates() throws(ServiceError) -> Bool { try certificates?.look() ?? false }

        /// What its clock says.
        var now: Timestamp { telemetry.world.now }

        /// What came of mirrored requests.
        var mirrors: MirrorLog { door.mirrors }

        /// By what it decides now.
        var table: EdgeTable { door.table }

        private func close() async throws {
            for (_, upstream) in table.upstreams.sorted(by: { $0.key < $1.key }) {
                await upstream.grpc?.caller.close()
            }
            try await connections.close()
        }

        /// Serves until the task is cancelled, then lets requests under way finish. To be called once.
        ///
        /// - Throws: ``ServiceError`` `port-in-use` or `cannot-listen` when the port cannot be had.
        public func run() async throws {
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await revalidations.run() }
                    try await server.run()
                    group.cancelAll()
                }
            } catch {
                try await close()
                throw error
            }
            try await close()
        }
    }
#endif
