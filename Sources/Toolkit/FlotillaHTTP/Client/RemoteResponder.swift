internal import AsyncHTTPClient
public import FlotillaCore
internal import FlotillaResilience
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1

/// A service in another process, as a ``Responder``: the only one that answers over a network.
///
/// Header fields are passed on as they are, those that belong to one connection only excepted. It
/// makes one attempt: retries, breakers and the like are put around it by whoever calls.
public struct RemoteResponder: DistantResponder {
    /// Who is called, for errors.
    public let service: String
    private let baseURL: String
    private let connections: RemoteConnections
    private let world: World
    private let timeout: Duration
    private let bodyBytesMax: Int

    /// - Parameters:
    ///   - baseURL: scheme, host and port: `http://127.0.0.1:8081`.
    ///   - timeout: until the whole answer, or the head of a stream, is here; a request's deadline can shorten it.
    ///   - bodyBytesMax: a longer answer of known length is refused; streams have no limit.
    public init(
        _ service: String, at baseURL: String, connections: RemoteConnections, world: World,
        timeout: Duration = .seconds(5), bodyBytesMax: Int = 16 << 20
    ) {
        self.service = service
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.connections = connections
        self.world = world
        self.timeout = timeout
        self.bodyBytesMax = bodyBytesMax
    }

    /// Like ``send(_:)``; a service that cannot be reached is answered for with 503, one that is too slow with 504.
    public func respond(to request: Request) async -> Response {
        do {
            return try await send(request)
        } catch {
            let context = request.context(world, timeout: timeout)
            var response = Problem.response(for: error, traceID: context.trace.traceID)
            response.headers[.traceID] = context.trace.traceID
            response.headers[.correlationID] = context.correlationID
            return response
        }
    }

    /// Sends the request and waits for the answer.
    ///
    /// - Throws: ``ServiceError`` `unavailable` when there is no connection, `timeout` when there is no answer in time.
    public func send(_ request: Request) async throws -> Response {
        var context = CallContext.root(world, timeout: timeout)
        if let deadline = request.deadline { context.deadline = min(context.deadline, deadline) }
        do {
            return try await withDeadline(context, on: world.time, of: service) { context in
                try await exchange(request, context.deadline)
            }
        } catch let error as any DescribedError {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
            throw ServiceError.timeout(service)
        } catch {
            // Nobody has said when it will be back: the caller's own pauses hold.
            var unavailable = ServiceError.unavailable(service, retryAfter: nil)
            unavailable.cause = error
            throw unavailable
        }
    }

    private func exchange(_ request: Request, _ deadline: Deadline) async throws -> Response {
        // URLs turn a path they cannot decode into "/", which is another resource.
        guard PercentEncoding.decode(request.path.utf8, plusIsSpace: false) != nil else {
            throw StatusError.malformedPath
        }
        let left = deadline.remaining(on: world.time)
        var outgoing = HTTPClientRequest(url: baseURL + request.target)
        outgoing.method = NIOHTTP1.HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers where !Self.isOfConnection(field.name) {
            outgoing.headers.add(name: field.name.rawName, value: field.value)
        }
        outgoing.headers.replaceOrAdd(
            name: HTTPField.Name.requestTimeout.rawName, value: String(left.milliseconds))
        if !request.body.isEmpty { outgoing.body = .bytes(ByteBuffer(bytes: request.body)) }
        let incoming = try await connections.client.execute(outgoing, timeout: .init(left))
        var headers = HTTPFields()
        for (name, value) in incoming.headers {
            guard let name = HTTPField.Name(name), !Self.isOfConnection(name) else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        let status = HTTPResponse.Status(code: Int(incoming.status.code), reasonPhrase: incoming.status.reasonPhrase)
        let length = incoming.headers.first(name: "Content-Length").flatMap { Int($0) }
        if length == nil, incoming.headers.contains(name: "Transfer-Encoding") {
            return Response(status, headers: headers, body: .stream { writer in
                for try await part in incoming.body { try await writer.write(Array(part.readableBytesView)) }
            })
        }
        let body = try await incoming.body.collect(upTo: bodyBytesMax)
        return Response(status, headers: headers, body: .bytes(Array(body.readableBytesView)))
    }

    /// Fields that concern one connection, or that the sending side writes itself (RFC 9110, section 7.6.1).
    private static func isOfConnection(_ name: HTTPField.Name) -> Bool {
        switch name.canonicalName {
        case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade",
            "content-length", "host", "expect":
            true
        default: false
        }
    }
}
