internal import NIOCore

/// Knows how long the first line of the request is that is being read, which the decoder does not tell.
///
/// It does not know where in a packet a second request begins, so it may be wrong about one that came in the same
/// packet as the end of the one before; only the status of a refusal depends on that. Belongs to one connection
/// and stands before its decoder.
final class RequestLineHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    /// So far, until its end has come.
    private(set) var bytes = 0
    private var isOpen = true
    private var hasEnded = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isOpen {
            let part = Self.unwrapInboundIn(data).readableBytesView
            if let end = part.firstIndex(of: UInt8(ascii: "\n")) {
                bytes += end - part.startIndex
                isOpen = false
            } else {
                bytes += part.count
            }
        }
        context.fireChannelRead(data)
        if hasEnded {
            hasEnded = false
            isOpen = true
            bytes = 0
        }
    }

    /// The decoder has read a request to its end.
    func requestEnded() { hasEnded = true }
}
