internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
internal import HTTPTypes
internal import NIOCore
internal import NIOPosix

/// Answers with a closure.
struct ClosureResponder: Responder {
    let answer: @Sendable (Request) async -> Response
    init(_ answer: @escaping @Sendable (Request) async -> Response) { self.answer = answer }
    func respond(to request: Request) async -> Response { await answer(request) }
}

/// Says what it was asked, and has a stream.
let echo = ClosureResponder { request in
    .text("\(request.method.rawValue) \(request.path)?\(request.query) \(request.body.count) \(request.remoteAddress)")
}

/// Something a test waits for, with what came with it.
struct Signal<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation
    init() { (stream, continuation) = AsyncStream.makeStream() }
    func send(_ value: Value) { continuation.yield(value) }
    func finish() { continuation.finish() }
    func next() async -> Value? { await stream.first { _ in true } }
}

/// The servers there are; all make the same promises.
enum ServerKind: String, CaseIterable, Sendable {
    /// ``HTTPServer``.
    case nio
    #if os(Linux)
        /// ``GatewayServer``.
        case loop
        /// The same with several threads.
        case loops
    #endif

    func run(
        _ responder: any Responder, port: Int, host: String = "127.0.0.1", limits: ServerLimits = ServerLimits(),
        telemetry: Telemetry? = nil, onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        switch self {
        case .nio:
            try await HTTPServer(
                responder: responder, host: host, port: port, limits: limits, telemetry: telemetry,
                onListening: onListening
            ).run()
        #if os(Linux)
            case .loop, .loops:
                try await GatewayServer(
                    responder: responder, host: host, port: port, threads: self == .loops ? 3 : 1, limits: limits,
                    telemetry: telemetry, onListening: onListening
                ).run()
        #endif
        }
    }
}

/// A server on a free port for the time of `body`; its `stop` cancels the server and waits for its end.
func withServer(
    _ kind: ServerKind, _ responder: any Responder, limits: ServerLimits = ServerLimits(), telemetry: Telemetry? = nil,
    _ body: @escaping @Sendable (_ port: Int, _ stop: Signal<Void>) async throws -> Void
) async throws {
    let port = Signal<Int>()
    let stop = Signal<Void>()
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            try await withThrowingTaskGroup(of: Void.self) { inner in
                inner.addTask {
                    try await kind.run(responder, port: 0, limits: limits, telemetry: telemetry) { port.send($0) }
                }
                inner.addTask { _ = await stop.next() }
                try await inner.next()
                inner.cancelAll()
                try await inner.waitForAll()
            }
        }
        group.addTask {
            guard let port = await port.next() else { return }
            try await body(port, stop)
        }
        // The body's end is the end; an error of either ends both.
        try await group.next()
        stop.send(())
        try await group.waitForAll()
    }
}

/// A TCP connection on which a test says what it likes.
struct RawConnection {
    var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    var received = ""

    func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }

    /// Reads on until all read contains `text`; false when the other side closed before.
    mutating func read(until text: String) async throws -> Bool {
        while !received.contains(text) {
            guard let part = try await inbound.next() else { return false }
            received += String(buffer: part)
        }
        return true
    }

    /// Reads until the other side closes.
    mutating func readAll() async throws -> String {
        while let part = try await inbound.next() { received += String(buffer: part) }
        return received
    }
}

func withConnection(
    _ port: Int, _ body: @Sendable (inout RawConnection) async throws -> Void
) async throws {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    try await channel.executeThenClose { inbound, outbound in
        var connection = RawConnection(inbound: inbound.makeAsyncIterator(), outbound: outbound)
        try await body(&connection)
    }
}
