internal import FlotillaCore
internal import FlotillaObservability
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// Ends a connection whose request could not be read to its end.
private struct ConnectionUnusable: Error {}

extension HTTPServer {
    /// How much of a refused body is read and thrown away, so that the sender gets to read the refusal.
    private static let refusedBytesMax = 4 << 20

    private enum Received {
        case body([UInt8])
        /// The body is longer than allowed; what was not read yet may still be coming.
        case tooLong(isComplete: Bool)
        case tooSlow
    }

    /// One request and its response.
    ///
    /// - Throws: to close the connection.
    func exchange(
        _ incoming: HummingbirdCore.Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        var request = Request(
            incoming.method, target: incoming.head.path ?? "/", headers: incoming.headers,
            remoteAddress: channel.remoteAddress?.ipAddress ?? "")
        request.authority = incoming.head.authority ?? ""
        guard incoming.head.path?.utf8.count ?? 0 <= limits.targetBytesMax else {
            return try await refuse(request, StatusError.targetTooLong(limits), isComplete: false, writer)
        }
        let isTooLong = incoming.headers[.contentLength].flatMap { Int($0) }.map { $0 > limits.bodyBytesMax } ?? false
        let awaitsGo = incoming.headers[.expect]?.lowercased() == "100-continue"
        if awaitsGo, !isTooLong { try await writer.writeInformationalHead(HTTPResponse(status: .continue)) }
        let received = isTooLong && awaitsGo ? .tooLong(isComplete: false) : try await receive(incoming.body)
        switch received {
        case .body(let body):
            request.body = body
            let response = await responder.respond(to: request)
            try await send(response, to: incoming, writer, channel)
        case .tooLong(let isComplete):
            try await refuse(request, StatusError.bodyTooLarge(limits), isComplete: isComplete, writer)
        case .tooSlow:
            try await refuse(request, StatusError.tooSlow("body", limits.bodyTimeout), isComplete: false, writer)
        }
    }

    private func receive(_ body: HummingbirdCore.RequestBody) async throws -> Received {
        let began = world.time.uptime
        var bytes: [UInt8] = []
        var surplus = 0
        for try await part in body {
            if surplus > 0 || bytes.count + part.readableBytes > limits.bodyBytesMax {
                surplus += part.readableBytes
                if surplus > Self.refusedBytesMax { return .tooLong(isComplete: false) }
            } else {
                bytes.append(contentsOf: part.readableBytesView)
            }
            if world.time.uptime - began > limits.bodyTimeout { return .tooSlow }
        }
        return surplus > 0 ? .tooLong(isComplete: true) : .body(bytes)
    }

    /// Answers a request that was not read whole.
    private func refuse(
        _ request: Request, _ error: any DescribedError, isComplete: Bool, _ writer: consuming ResponseWriter
    ) async throws {
        let response = refusals.response(for: error, to: request, isLast: !isComplete)
        try await writer.write(response: head(of: response), body: Self.buffer(response.bytes ?? []))
        if !isComplete { throw ConnectionUnusable() }
    }

    private func send(
        _ response: Response, to incoming: HummingbirdCore.Request, _ writer: consuming ResponseWriter,
        _ channel: any Channel
    ) async throws {
        let head = head(of: response)
        switch response.body {
        case _ where incoming.method == .head: try await writer.writeResponse(head)
        case .bytes(let bytes): try await writer.write(response: head, body: Self.buffer(bytes))
        case .stream(let write):
            guard streams.open(channel) else { throw ConnectionUnusable() }
            defer { streams.close(channel) }
            let end = try await ConnectionHandler.end(of: channel)
            try await stream(write, to: SocketBodyWriter(try await writer.writeHead(head)), until: end)
        }
    }

    /// Sends a body while it is made. When its maker is done the connection is good for the next request.
    ///
    /// - Throws: what the maker throws, or when the receiver leaves; the connection then closes without the mark that
    ///   the body is whole.
    private func stream(
        _ write: @escaping @Sendable (any FlotillaHTTP.ResponseBodyWriter) async throws -> Void,
        to socket: SocketBodyWriter, until end: ConnectionEnd
    ) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await write(socket)
                try await socket.finish()
                return true
            }
            group.addTask {
                await end.received()
                return false
            }
            defer { group.cancelAll() }
            guard try await group.next() == true else { throw ConnectionUnusable() }
        }
    }

    private func head(of response: Response) -> HTTPResponse {
        var fields = response.headers
        fields[.date] = dates.value
        if case .bytes(let bytes) = response.body, !fields.contains(.contentLength), response.status.mayHaveBody {
            fields[.contentLength] = String(bytes.count)
        }
        return HTTPResponse(status: response.status, headerFields: fields)
    }

    private static func buffer(_ bytes: [UInt8]) -> HummingbirdCore.ResponseBody {
        bytes.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: bytes))
    }
}

extension HTTPResponse.Status {
    /// Whether a response of that status has a body at all (RFC 9110, section 6.4.1).
    fileprivate var mayHaveBody: Bool { !(100..<200).contains(code) && code != 204 && code != 304 }
}

/// Sends the parts of a streamed body to the connection.
///
/// Unchecked, because Hummingbird's protocol does not ask for `Sendable`. The one writer there is holds
/// nothing but NIO's outbound writer, which is `Sendable`; and each call works on a copy, so nothing
/// here is ever changed.
private struct SocketBodyWriter: FlotillaHTTP.ResponseBodyWriter, @unchecked Sendable {
    private let writer: any HummingbirdCore.ResponseBodyWriter

    init(_ writer: any HummingbirdCore.ResponseBodyWriter) { self.writer = writer }

    func write(_ bytes: [UInt8]) async throws {
        try Task.checkCancellation()
        var copy = writer
        try await copy.write(ByteBuffer(bytes: bytes))
    }

    func finish() async throws { try await writer.finish(nil) }
}
