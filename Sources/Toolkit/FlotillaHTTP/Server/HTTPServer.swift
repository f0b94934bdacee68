public import FlotillaCore
public import FlotillaObservability
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix

/// Serves a ``Responder`` over HTTP/1.1 on a TCP port.
///
/// The responder gets requests that have arrived whole and never meets the connection they came on. What cannot be
/// read as a request is answered here, with a problem document, and counted. (Where a responder *is* a connection
/// to elsewhere, that is ``RemoteResponder``.)
public struct HTTPServer: Sendable {
    let responder: any FlotillaHTTP.Responder
    let host: String
    let port: Int
    let limits: ServerLimits
    let world: World
    let telemetry: Telemetry?
    private let onListening: @Sendable (Int) -> Void
    let dates: DateHeader
    let streams = OpenStreams()
    let refusals: Refusals

    /// - Parameters:
    ///   - host: the address to listen on.
    ///   - port: 0 for any free one.
    ///   - telemetry: gets what the server itself has to say, and the count of requests that no responder got to
    ///     see; nil: nobody does.
    ///   - onListening: called once, with the actual port, when connections are accepted.
    public init(
        responder: any FlotillaHTTP.Responder, host: String = "127.0.0.1", port: Int,
        limits: ServerLimits = ServerLimits(), world: World = .system(), telemetry: Telemetry? = nil,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.responder = responder
        self.host = host
        self.port = port
        self.limits = limits
        self.world = world
        self.telemetry = telemetry
        self.onListening = onListening
        dates = DateHeader(time: world.time)
        refusals = Refusals(limits: limits, world: world, telemetry: telemetry, dates: dates)
    }

    /// Serves until the task is cancelled; then takes no more connections, ends streams, lets requests
    /// under way finish within ``ServerLimits/drainTimeout``, and returns.
    ///
    /// - Throws: ``ServiceError`` `port-in-use` or `cannot-listen` when the port cannot be had.
    public func run() async throws {
        try await withCancellationNotice { notice in
            let server = makeServer()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await serve(server)
                    return true
                }
                group.addTask {
                    await notice.received()
                    if notice.isGiven { await drain(server) }
                    return false
                }
                group.addTask {
                    await notice.received()
                    if notice.isGiven { await waitForDrain() }
                    return false
                }
                // The server's end is the end. A drain that takes too long ends the waiting, not the server.
                while let isServer = try await group.next(), !isServer {
                    if streams.isDrainOver { group.cancelAll() }
                }
                group.cancelAll()
            }
        }
    }

    private func drain(_ server: Server<HTTP1Channel>) async {
        streams.closeAll()
        do {
            try await server.shutdownGracefully()
        } catch {
            // The listening socket was closed already, so there is nothing to wait for.
            telemetry?.log(.debug, "server was closed while it drained", error: error)
        }
    }

    private func waitForDrain() async {
        do {
            try await world.time.sleep(for: limits.drainTimeout)
            streams.drainIsOver()
        } catch {
            // Cancelled: the server has ended by itself.
        }
    }

    private func serve(_ server: Server<HTTP1Channel>) async throws {
        do {
            try await server.run()
        } catch {
            throw Self.described(error, host: host, port: port)
        }
    }

    private func makeServer() -> Server<HTTP1Channel> {
        var logger = telemetry?.logger ?? Logger(label: "http") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .warning
        let onListening = onListening
        let refusals = refusals
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionHandler(refusals)],
            idleTimeout: .nanoseconds(limits.idleTimeout.microseconds * 1_000),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytesMax, maxHeaderListSize: limits.headerBytesMax,
                maxHeaderFieldCount: limits.headerCountMax))
        let channel = HTTP1Channel(
            responder: { request, writer, channel in try await exchange(request, writer, channel) },
            configuration: configuration)
        return Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(
                address: .hostname(host, port: port), backlog: 1_024,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connectionsMax)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }

    private static func described(_ error: any Error, host: String, port: Int) -> any Error {
        guard let error = error as? IOError else {
            return ServiceError(
                .unavailable, "cannot-listen", "Cannot listen on \(host):\(port): \(error). Check the address.",
                cause: error)
        }
        if error.errnoCode == EADDRINUSE { return ServiceError.portInUse(port, on: host, cause: error) }
        return ServiceError(
            .unavailable, "cannot-listen", "Cannot listen on \(host):\(port): \(error.description).", cause: error)
    }
}

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif
