#if os(Linux)
    internal import FlotillaConfiguration
    internal import FlotillaCore
    internal import FlotillaGateway
    internal import FlotillaHTTP
    internal import FlotillaObservability
    internal import HTTPTypes
    internal import Synchronization

    /// Tells in its answers what it was sent, and counts.
    final class TellingBackend: Responder {
        let name: String
        /// Of every answer; what a path like `/status/503` asks for goes before it.
        let headers: HTTPFields
        private let seen = Mutex<[Request]>([])

        init(_ name: String = "one", headers: HTTPFields = [:]) {
            self.name = name
            self.headers = headers
        }

        var requests: [Request] { seen.withLock { $0 } }

        func respond(to request: Request) async -> Response {
            let count = seen.withLock { seen in
                seen.append(request)
                return seen.count
            }
            var status = HTTPResponse.Status.ok
            if request.path.hasPrefix("/status/"), let code = Int(request.path.dropFirst(8)) {
                status = .init(code: code)
            }
            var json = JSONWriter()
            json.object { json in
                json.field("from", name)
                json.field("count", count)
                json.field("method", request.method.rawValue)
                json.field("target", request.target)
                json.field("body", String(decoding: request.body, as: UTF8.self))
                json.object("headers") { json in
                    for field in request.headers { json.field(field.name.canonicalName, field.value) }
                }
            }
            var response = Response.json(json.bytes, status: status)
            for field in headers { response.headers.append(field) }
            return response
        }
    }

    /// A running gateway, as its clients see it.
    struct EdgeClient: Sendable {
        let port: Int
        let server: ProxyServer
        let telemetry: Telemetry
        private let responder: RemoteResponder

        fileprivate init(_ port: Int, _ server: ProxyServer, _ telemetry: Telemetry, _ connections: RemoteConnections) {
            self.port = port
            self.server = server
            self.telemetry = telemetry
            responder = RemoteResponder(
                "gateway", at: "http://127.0.0.1:\(port)", connections: connections, world: .system(),
                timeout: .seconds(20))
        }

        func send(
            _ method: HTTPRequest.Method, _ target: String, _ headers: HTTPFields = [:], body: String = ""
        ) async throws -> Answered {
            let request = Request(method, target: target, headers: headers, body: Array(body.utf8))
            let response = try await responder.send(request)
            return Answered(response, try await response.collect(bytesMax: 4 << 20))
        }

        func get(_ target: String, _ headers: HTTPFields = [:]) async throws -> Answered {
            try await send(.get, target, headers)
        }
    }

    /// An answer, read whole.
    struct Answered: Sendable {
        let status: Int
        let headers: HTTPFields
        let text: String
        let json: JSONValue?

        init(_ response: Response, _ bytes: [UInt8]) {
            status = response.status.code
            headers = response.headers
            text = String(decoding: bytes, as: UTF8.self)
            json = try? JSONValue(parsing: bytes, bytesMax: 4 << 20)
        }

        /// A field of the answer.
        subscript(name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }

        /// What the backend was told in that field.
        func told(_ name: String) -> String? { json?["headers"]?[name]?.string }
    }

    /// Serves backends and a gateway before them, for the time of `body`.
    ///
    /// - Parameter plan: the text of the gateway's file, by the addresses of the backends.
    func withEdge(
        _ backends: [any Responder], _ plan: ([String]) -> String,
        _ body: @escaping @Sendable (EdgeClient) async throws -> Void
    ) async throws {
        let world = World.system()
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            var addresses: [String] = []
            for backend in backends {
                let port = await started { tell in
                    group.addTask {
                        try await GatewayServer(responder: backend, port: 0, world: world, onListening: tell).run()
                    }
                }
                addresses.append("127.0.0.1:\(port)")
            }
            let file = ConfigurationFile(path: "gateway.yaml", text: plan(addresses))
            let telemetry = Telemetry.silent(service: "gateway", world: world)
            let (ports, sink) = AsyncStream.makeStream(of: Int.self)
            let server = try ProxyServer(try ProxyPlan.read(file), threads: 1, world: world, telemetry: telemetry) {
                sink.yield($0)
            }
            group.addTask { try await server.run() }
            var port = 0
            for await listening in ports {
                port = listening
                break
            }
            try await RemoteConnections.with { connections in
                try await body(EdgeClient(port, server, telemetry, connections))
            }
        }
    }

    private func started(_ start: (@escaping @Sendable (Int) -> Void) -> Void) async -> Int {
        let (ports, sink) = AsyncStream.makeStream(of: Int.self)
        start { sink.yield($0) }
        for await port in ports { return port }
        return 0
    }
#endif
