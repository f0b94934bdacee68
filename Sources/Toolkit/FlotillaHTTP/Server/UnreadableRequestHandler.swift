internal import FlotillaCore
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1

/// Answers a request that cannot be read with a problem document (RFC 9457).
///
/// The library answers it too, when all requests before it are answered, with an empty 400. This handler stands
/// between the library and the encoder and puts the document in that answer's place. Belongs to one connection.
final class UnreadableRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let refusals: Refusals
    private let line: RequestLineHandler
    private var refusal: StatusError?

    init(_ refusals: Refusals, line: RequestLineHandler) {
        self.refusals = refusals
        self.line = line
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = Self.unwrapInboundIn(data) { line.requestEnded() }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The first one counts: what comes after it is read from the middle of something.
        if refusal == nil, let error = error as? HTTPParserError { refusal = described(error) }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let refusal, case .head(let head) = Self.unwrapOutboundIn(data), Self.isOfLibrary(head) else {
            context.write(data, promise: promise)
            return
        }
        let response = refusals.response(for: refusal, to: nil, isLast: true)
        let headers = HTTPHeaders(response.headers.map { ($0.name.rawName, $0.value) })
        let status = HTTPResponseStatus(statusCode: response.status.code, reasonPhrase: response.status.reasonPhrase)
        let whole = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(Self.wrapOutboundOut(.head(whole)), promise: nil)
        let body = context.channel.allocator.buffer(bytes: response.bytes ?? [])
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(body))), promise: promise)
    }

    /// Every response of ours has a date.
    private static func isOfLibrary(_ head: HTTPResponseHead) -> Bool {
        head.status == .badRequest && !head.headers.contains(name: "Date")
    }

    private func described(_ error: HTTPParserError) -> StatusError {
        switch error {
        case .headerOverflow:
            line.bytes > refusals.limits.headerBytesMax
                ? .targetTooLong(refusals.limits) : .headersTooLarge(refusals.limits)
        case .invalidMethod, .invalidURL, .invalidVersion, .invalidConstant:
            .malformedHTTP("The request does not begin with a method, a target and HTTP/1.1.")
        case .invalidHeaderToken, .lfExpected:
            .malformedHTTP("There is a line in the header that is not a name, a colon and a value.")
        case .invalidContentLength, .unexpectedContentLength:
            .malformedHTTP("Content-Length is no number, or is there more than once, or beside Transfer-Encoding.")
        case .invalidChunkSize:
            .malformedHTTP("A chunk of the body does not begin with its size.")
        case .invalidEOFState, .closedConnection:
            .malformedHTTP("The request ended in the middle.")
        default:
            .malformedHTTP("The request cannot be read.")
        }
    }
}
