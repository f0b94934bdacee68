internal import FlotillaCore
internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2
internal import NIOPosix
internal import Synchronization

/// The connections of a ``HTTP2Caller``: one to each instance, shared by all calls, made when it is needed and made
/// again when it has closed. Safe to share between tasks.
final class HTTP2Connections: Sendable {
    typealias Multiplexer = NIOHTTP2Handler.AsyncStreamMultiplexer<Void>
    typealias Stream = NIOAsyncChannel<HTTP2Frame.FramePayload, HTTP2Frame.FramePayload>

    /// A connection on which calls can be made.
    struct Connection: Sendable {
        let channel: any Channel
        let multiplexer: Multiplexer
    }

    private struct Entry {
        var id: UInt64
        var connection: EventLoopFuture<Connection>
    }

    private struct State {
        var nextID: UInt64 = 0
        var nextInstance = 0
        var isClosed = false
        /// By instance; nil: not made, or closed.
        var entries: [Entry?]
    }

    let instances: [(host: String, port: Int)]
    private let limits: HTTP2Limits
    private let group: any EventLoopGroup
    private let state: Mutex<State>

    init(_ instances: [(host: String, port: Int)], _ limits: HTTP2Limits, _ group: any EventLoopGroup) {
        self.instances = instances
        self.limits = limits
        self.group = group
        state = Mutex(State(entries: Array(repeating: nil, count: instances.count)))
    }

    /// The places of the instances, in the order in which the next call tries them: each its turn to be first.
    func turns() -> [Int] {
        let first = state.withLock { state in
            state.nextInstance = (state.nextInstance + 1) % max(1, instances.count)
            return state.nextInstance
        }
        return instances.indices.map { (first + $0) % instances.count }
    }

    /// The connection to an instance; callers that come while it is being made wait for the same one.
    ///
    /// - Throws: what the system says when it cannot be made, within the time for it.
    func connection(to instance: Int) async throws -> Connection {
        let (future, newID) = try state.withLock { state throws(ServiceError) in
            guard !state.isClosed else {
                throw ServiceError(.unavailable, "broken-off", "This gateway is stopping; try again.")
            }
            if let entry = state.entries[instance] { return (entry.connection, nil as UInt64?) }
            state.nextID += 1
            let future = connect(instances[instance])
            state.entries[instance] = Entry(id: state.nextID, connection: future)
            return (future, state.nextID)
        }
        if let newID {
            future.whenFailure { _ in self.forget(instance, newID) }
            future.whenSuccess { connection in
                connection.channel.closeFuture.whenComplete { _ in self.forget(instance, newID) }
            }
        }
        return try await future.get()
    }

    /// No further call goes over it; those under way end by themselves.
    func retire(_ instance: Int, _ connection: Connection) {
        guard let entry = state.withLock({ $0.entries[instance] }) else { return }
        entry.connection.whenSuccess { current in
            if current.channel === connection.channel { self.forget(instance, entry.id) }
        }
    }

    /// Closes all connections; calls under way break off.
    func close() async {
        let entries = state.withLock { state in
            state.isClosed = true
            defer { state.entries = Array(repeating: nil, count: instances.count) }
            return state.entries.compactMap(\.self)
        }
        for entry in entries {
            // One that could not be made is closed.
            guard let connection = try? await entry.connection.get() else { continue }
            // An error means that it is closed already.
            try? await connection.channel.close()
        }
    }

    private func forget(_ instance: Int, _ id: UInt64) {
        state.withLock { state in
            if state.entries[instance]?.id == id { state.entries[instance] = nil }
        }
    }

    private func connect(_ address: (host: String, port: Int)) -> EventLoopFuture<Connection> {
        let loop = group.next()
        let made = loop.makePromise(of: Multiplexer.self)
        var configuration = NIOHTTP2Handler.Configuration()
        configuration.connection.initialSettings = [
            HTTP2Setting(parameter: .enablePush, value: 0),
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.headBytesMax),
            HTTP2Setting(parameter: .initialWindowSize, value: 1 << 20),
        ]
        configuration.stream.targetWindowSize = 1 << 20
        let configured = configuration
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.nanoseconds(limits.connectTimeout.microseconds * 1_000))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                let multiplexer = channel.configureAsyncHTTP2Pipeline(mode: .client, configuration: configured) {
                    // Servers cannot begin anything: pushes are turned off.
                    $0.eventLoop.makeSucceededVoidFuture()
                }
                multiplexer.cascade(to: made)
                return multiplexer.map { _ in }
            }
        let connected = bootstrap.connect(host: address.host, port: address.port)
        // Without a connection nobody else would say how the promise ends.
        connected.whenFailure { made.fail($0) }
        return connected.flatMap { channel in
            made.futureResult.map { Connection(channel: channel, multiplexer: $0) }
        }
    }
}
