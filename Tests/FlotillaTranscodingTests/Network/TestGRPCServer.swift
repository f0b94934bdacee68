internal import FlotillaCore
@testable internal import FlotillaTranscoding
internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2
internal import NIOPosix

/// A gRPC server that does what a test says with each call.
struct TestGRPCServer {
    typealias Stream = NIOAsyncChannel<HTTP2Frame.FramePayload, HTTP2Frame.FramePayload>
    typealias Outbound = NIOAsyncChannelOutboundWriter<HTTP2Frame.FramePayload>
    typealias Handler = @Sendable (_ head: HPACKHeaders, _ message: [UInt8], _ outbound: Outbound) async throws -> Void

    /// Serves on a free port of this machine while `body` runs, which gets the port.
    static func serve(_ handler: @escaping Handler, _ body: @Sendable (Int) async throws -> Void) async throws {
        let listening = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.configureAsyncHTTP2Pipeline(mode: .server) { stream in
                    stream.eventLoop.makeCompletedFuture { try Stream(wrappingChannelSynchronously: stream) }
                }.map { (channel, $0) }
            }
        let port = listening.channel.localAddress?.port ?? 0
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Ends when the test does; connections that break off are its business.
                try? await listening.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await (channel, multiplexer) in connections {
                            group.addTask { await serve(channel, multiplexer, handler) }
                        }
                    }
                }
            }
            try await body(port)
            group.cancelAll()
        }
    }

    private static func serve(
        _ channel: any Channel, _ multiplexer: NIOHTTP2Handler.AsyncStreamMultiplexer<Stream>,
        _ handler: @escaping Handler
    ) async {
        await withTaskCancellationHandler {
            try? await withThrowingDiscardingTaskGroup { group in
                for try await stream in multiplexer.inbound {
                    group.addTask { try? await stream.executeThenClose { try await answer($0, $1, handler) } }
                }
            }
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private static func answer(
        _ inbound: NIOAsyncChannelInboundStream<HTTP2Frame.FramePayload>, _ outbound: Outbound, _ handler: Handler
    ) async throws {
        var head = HPACKHeaders()
        var frames = GRPCFrames(messageBytesMax: 1 << 20)
        for try await payload in inbound {
            switch payload {
            case .headers(let part): head = part.headers
            case .data(let part):
                if case .byteBuffer(let buffer) = part.data { frames.append(buffer.readableBytesView) }
                if part.endStream { return try await handler(head, try frames.next() ?? [], outbound) }
            default: continue
            }
        }
    }
}

extension TestGRPCServer.Outbound {
    /// The head of an answer, its messages and its end.
    func answer(
        _ messages: [[UInt8]], status: Int = 0, message: String = "", contentType: String = "application/grpc"
    ) async throws {
        try await write(.headers(.init(headers: [":status": "200", "content-type": contentType])))
        for message in messages { try await send(GRPCFrames.frame(message)) }
        try await end(status, message)
    }

    func send(_ bytes: [UInt8]) async throws {
        try await write(.data(.init(data: .byteBuffer(ByteBuffer(bytes: bytes)))))
    }

    func end(_ status: Int, _ message: String = "") async throws {
        var trailers: HPACKHeaders = ["grpc-status": "\(status)"]
        if !message.isEmpty { trailers.add(name: "grpc-message", value: message) }
        try await write(.headers(.init(headers: trailers, endStream: true)))
    }
}
