#if os(Linux)
    public import FlotillaCore
    public import FlotillaHTTP
    public import FlotillaObservability
    internal import FlotillaProxy

    /// Serves a ``Gateway`` over HTTP/1.1 on a TCP port, with the promises of ``HTTPServer``, on the gateway's own
    /// engine (``LoopServer``).
    ///
    /// What the gateway turns away for want of room is answered on the thread that read it, before any task begins;
    /// so under load far beyond what can be answered, almost all of the machine is there for what is let in.
    public struct GatewayServer: Sendable {
        private let server: LoopServer

        /// - Parameters:
        ///   - responder: a ``Gateway``, which is asked about each request's head; of any other everything is let in.
        ///   - host: the address to listen on.
        ///   - port: 0 for any free one.
        ///   - threads: that read and write, 1 to 256. What is let in is answered by tasks, wherever they run.
        ///   - headTimeout: how long a head may take to arrive; then 408.
        ///   - telemetry: gets the count of requests that no responder got to see; nil: nobody does.
        ///   - onListening: called once, with the actual port, when connections are accepted.
        public init(
            responder: any Responder, host: String = "127.0.0.1", port: Int, threads: Int = 1,
            limits: ServerLimits = ServerLimits(), headTimeout: Duration = .seconds(10), world: World = .system(),
            telemetry: Telemetry? = nil, onListening: @escaping @Sendable (Int) -> Void = { _ in }
        ) {
            server = LoopServer(
                door: GatewayDoor(
                    responder, limits: limits, headTimeout: headTimeout, world: world, telemetry: telemetry),
                host: host, port: port, threads: threads, limits: ConnectionLimits(limits, headTimeout: headTimeout),
                world: world, onListening: onListening)
        }

        /// Serves until the task is cancelled; then takes no more connections, ends streams, lets requests
        /// under way finish within ``ServerLimits/drainTimeout``, and returns.
        ///
        /// - Throws: ``ServiceError`` `port-in-use` or `cannot-listen` when the port cannot be had.
        public func run() async throws { try await server.run() }
    }

    extension ConnectionLimits {
        fileprivate init(_ limits: ServerLimits, headTimeout: Duration) {
            self.init()
            bodyBytesMax = limits.bodyBytesMax
            bodyTimeout = limits.bodyTimeout
            targetBytesMax = limits.targetBytesMax
            headBytesMax = limits.headerBytesMax
            fieldsMax = limits.headerCountMax
            self.headTimeout = headTimeout
            connectionsMax = limits.connectionsMax
            idleTimeout = limits.idleTimeout
            drainTimeout = limits.drainTimeout
        }
    }
#endif
