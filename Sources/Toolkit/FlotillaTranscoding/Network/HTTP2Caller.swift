public import FlotillaCore
internal import FlotillaResilience
internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2
internal import NIOPosix

/// Makes gRPC calls over HTTP/2 without TLS (h2c with prior knowledge; gRPC over HTTP/2).
///
/// One connection to each instance carries all calls to it; instances take turns, and one that cannot be reached is
/// passed over. Nothing is sent twice. Safe to share between tasks.
public struct HTTP2Caller: GRPCCaller {
    private let name: String
    private let connections: HTTP2Connections
    private let limits: HTTP2Limits
    private let time: any TimeSource

    /// - Parameters:
    ///   - name: of the upstream, for the texts.
    ///   - instances: their addresses, at least one.
    public init(
        _ name: String, instances: [(host: String, port: Int)], limits: HTTP2Limits = HTTP2Limits(),
        time: any TimeSource
    ) {
        precondition(!instances.isEmpty, "\(name) has no instances")
        self.name = name
        self.limits = limits
        self.time = time
        connections = HTTP2Connections(instances, limits, MultiThreadedEventLoopGroup.singleton)
    }

    /// Closes all connections; calls under way break off, later ones fail.
    public func close() async { await connections.close() }

    public func call(
        _ call: GRPCCall, _ context: CallContext, receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        try await withDeadline(context, on: time, of: name) { context in
            let (stream, connection, instance) = try await open()
            do {
                try await exchange(call, over: stream, authority: authority(instance), context, receive)
            } catch let error as GRPCStatus {
                throw error
            } catch let error as any DescribedError {
                throw error
            } catch {
                try Task.checkCancellation()
                if !connection.channel.isActive { connections.retire(instance, connection) }
                throw ServiceError(
                    .unavailable, "unavailable", "\(name) broke the call off; try again shortly.",
                    retryAfter: .seconds(1), cause: error)
            }
        }
    }

    private func authority(_ instance: Int) -> String {
        let address = connections.instances[instance]
        return address.host.contains(":") ? "[\(address.host)]:\(address.port)" : "\(address.host):\(address.port)"
    }

    /// A stream to the first instance in turn that can be reached.
    private func open() async throws -> (HTTP2Connections.Stream, HTTP2Connections.Connection, Int) {
        var cause: (any Error)?
        for instance in connections.turns() {
            // A second time: a connection that has closed since it was last used is noticed only here.
            for _ in 0..<2 {
                try Task.checkCancellation()
                do {
                    let connection = try await connections.connection(to: instance)
                    do {
                        let stream = try await connection.multiplexer.openStream { channel in
                            channel.eventLoop.makeCompletedFuture {
                                try HTTP2Connections.Stream(wrappingChannelSynchronously: channel)
                            }
                        }
                        return (stream, connection, instance)
                    } catch {
                        connections.retire(instance, connection)
                        throw error
                    }
                } catch let error as ServiceError {
                    throw error
                } catch {
                    cause = error
                    if error is NIOConnectionError { break }
                }
            }
        }
        throw ServiceError(
            .unavailable, "unavailable", "\(name) cannot be reached; try again shortly.", retryAfter: .seconds(5),
            cause: cause)
    }

    private func exchange(
        _ call: GRPCCall, over stream: HTTP2Connections.Stream, authority: String, _ context: CallContext,
        _ receive: @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        let head = head(of: call, authority, context)
        let frame = GRPCFrames.frame(call.message)
        let ended = try await stream.executeThenClose { inbound, outbound -> GRPCStatus? in
            try await outbound.write(.headers(.init(headers: head)))
            let body = HTTP2Frame.FramePayload.Data(data: .byteBuffer(ByteBuffer(bytes: frame)), endStream: true)
            try await outbound.write(.data(body))
            return try await answer(inbound, receive)
        }
        // Input ends for those who are cancelled, too.
        try Task.checkCancellation()
        guard let ended else { throw GRPCStatus(.unavailable, "The connection ended before the call.") }
        if ended.code != .ok { throw ended }
    }

    /// - Returns: how the call ended; nil when the connection did before.
    private func answer(
        _ inbound: NIOAsyncChannelInboundStream<HTTP2Frame.FramePayload>,
        _ receive: @Sendable ([UInt8]) async throws -> Void
    ) async throws -> GRPCStatus? {
        var frames = GRPCFrames(messageBytesMax: limits.messageBytesMax)
        var httpStatus: Int?
        for try await payload in inbound {
            switch payload {
            case .headers(let part):
                let status = httpStatus ?? part.headers.first(name: ":status").flatMap { Int($0) } ?? 0
                if part.endStream || part.headers.contains(name: "grpc-status") {
                    guard frames.isEmpty else { throw GRPCStatus(.internal, "The answer is cut off.") }
                    return GRPCStatus(httpStatus: status) { part.headers.first(name: $0) }
                }
                // 1xx is not the answer yet.
                guard !(100..<200).contains(status) else { continue }
                httpStatus = status
                let type = part.headers.first(name: "content-type") ?? ""
                guard status == 200, type.hasPrefix("application/grpc") else {
                    return GRPCStatus(httpStatus: status == 200 ? 502 : status) { _ in nil }
                }
            case .data(let part):
                guard case .byteBuffer(let buffer) = part.data else { continue }
                frames.append(buffer.readableBytesView)
                while let message = try frames.next() { try await receive(message) }
                if part.endStream { throw GRPCStatus(.internal, "The call ended without a status.") }
            case .rstStream(let code): throw Self.status(of: code)
            default: continue
            }
        }
        return nil
    }

    /// What a stream means that the other side has reset (gRPC over HTTP/2, "Errors").
    private static func status(of code: HTTP2ErrorCode) -> GRPCStatus {
        switch code {
        case .refusedStream: GRPCStatus(.unavailable, "The server takes no more calls now.")
        case .cancel: GRPCStatus(.cancelled, "The server broke the call off.")
        case .enhanceYourCalm: GRPCStatus(.resourceExhausted, "The server asks for fewer calls.")
        default: GRPCStatus(.internal, "The call was reset: \(code).")
        }
    }

    private func head(of call: GRPCCall, _ authority: String, _ context: CallContext) -> HPACKHeaders {
        var head = HPACKHeaders()
        head.reserveCapacity(8 + call.metadata.count)
        head.add(name: ":method", value: "POST")
        head.add(name: ":scheme", value: "http")
        head.add(name: ":path", value: call.path)
        head.add(name: ":authority", value: authority)
        head.add(name: "content-type", value: "application/grpc")
        head.add(name: "te", value: "trailers")
        head.add(name: "grpc-timeout", value: GRPCMetadata.timeout(context.deadline.remaining(on: time)))
        head.add(name: "user-agent", value: "flotilla")
        for field in call.metadata { head.add(name: field.name, value: field.value) }
        return head
    }
}
