internal import NIOCore
internal import NIOHTTP1

/// What a connection has besides the library's handlers: better answers to what cannot be read, and a notice of
/// its end.
final class ConnectionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    /// Given when nothing more can come from the other side.
    let end = ConnectionEnd()
    private let refusals: Refusals

    init(_ refusals: Refusals) { self.refusals = refusals }

    /// Of a connection with such a handler.
    static func end(of channel: any Channel) async throws -> ConnectionEnd {
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self).end
        }.get()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        let line = RequestLineHandler()
        do {
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(line, position: .before(decoder))
            try pipeline.addHandler(UnreadableRequestHandler(refusals, line: line), position: .after(decoder))
        } catch {
            // Without a decoder this is no connection that can be used.
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { end.give() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end.give()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end.give()
        context.fireErrorCaught(error)
    }
}
