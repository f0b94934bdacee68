internal import FlotillaCore
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

@Suite("Remote responder over sockets", .timeLimit(.minutes(5))) struct RemoteResponderTests {
    private func withRemote(
        _ responder: any Responder, timeout: Duration = .seconds(30),
        _ body: @escaping @Sendable (RemoteResponder) async throws -> Void
    ) async throws {
        try await withServer(.nio, responder) { port, _ in
            try await RemoteConnections.with { connections in
                try await body(
                    RemoteResponder(
                        "notes", at: "http://127.0.0.1:\(port)", connections: connections, world: .system(),
                        timeout: timeout))
            }
        }
    }

    @Test("request and answer are the same as without a network")
    func transparent() async throws {
        let service = ServiceFixture()
        try await withRemote(service.responder) { remote in
            for request in [
                Request(
                    .post, "/api/v1/notes", headers: [.authorization: "Bearer customer:ada", .correlationID: "c1"],
                    body: Array(#"{"text":"hi"}"#.utf8)),
                Request(.get, target: "/api/v1/notes?limit=7"), Request(.delete, "/api/v1/notes/1"),
                Request(.delete, "/api/v1/notes/1", headers: [.authorization: "Bearer admin:root"]),
                // No URL can hold this path; it must not become another one on the way.
                Request(.get, "/api/v1/notes/%FF%FE"),
            ] {
                let near = await service.responder.respond(to: request)
                let far = await remote.respond(to: request)
                #expect(far.status == near.status)
                #expect(far.headers[.contentType] == near.headers[.contentType])
                #expect(far.headers[.location] == near.headers[.location])
                if near.status.kind == .successful { #expect(far.bytes == near.bytes) }
                #expect(far.headers[.traceID] != nil)
            }
        }
    }

    @Test("the context of a call goes along")
    func context() async throws {
        let service = ServiceFixture()
        try await withRemote(service.responder) { remote in
            var context = CallContext.root(.system(), timeout: .seconds(30))
            context.token = Secret("customer:ada")
            context.correlationID = "basket-7"
            var request = Request(.get, "/api/v1/whoami")
            request.carry(context)
            let response = try await remote.send(request)
            #expect(response.text.hasPrefix("ada token"))
            #expect(response.text.hasSuffix("basket-7"))
            #expect(response.headers[.traceID] == context.trace.traceID)
        }
    }

    @Test("a stream comes part by part")
    func stream() async throws {
        let service = ServiceFixture()
        try await withRemote(service.responder) { remote in
            let response = try await remote.send(Request(.get, "/api/v1/stream"))
            guard case .stream = response.body else {
                Issue.record("the body should be a stream")
                return
            }
            let text = String(decoding: try await response.collect(), as: UTF8.self)
            #expect(text.hasSuffix("data: done\n\n"))
        }
    }

    @Test("redirects are passed on, not followed")
    func redirect() async throws {
        let responder = ClosureResponder { _ in Response(.seeOther, headers: [.location: "/elsewhere"]) }
        try await withRemote(responder) { remote in
            let response = try await remote.send(Request(.get, "/"))
            #expect(response.status == .seeOther)
            #expect(response.headers[.location] == "/elsewhere")
        }
    }

    @Test("a service that is not there is unavailable")
    func nobody() async throws {
        let port = Signal<Int>()
        try await withServer(.nio, echo) { number, _ in port.send(number) }
        let number = try #require(await port.next())
        try await RemoteConnections.with { connections in
            let remote = RemoteResponder(
                "notes", at: "http://127.0.0.1:\(number)", connections: connections, world: .system())
            let response = await remote.respond(to: Request(.get, "/"))
            #expect(response.status == .serviceUnavailable)
            #expect(response.headers[.retryAfter] != nil)
            let error = try await #require(throws: ServiceError.self) { try await remote.send(Request(.get, "/")) }
            #expect(error.slug == "unavailable")
            #expect(error.detail.contains("notes"))
        }
    }

    @Test("a service that is too slow is given up")
    func slow() async throws {
        let responder = ClosureResponder { _ in
            for await _ in AsyncStream<Void>(unfolding: { await Task.yield(); return () }) {
                if Task.isCancelled { break }
            }
            return .text("late")
        }
        var limits = ServerLimits()
        limits.drainTimeout = .milliseconds(1)
        try await withServer(.nio, responder, limits: limits) { port, _ in
            try await RemoteConnections.with { connections in
                let remote = RemoteResponder(
                    "notes", at: "http://127.0.0.1:\(port)", connections: connections, world: .system(),
                    timeout: .milliseconds(100))
                let response = await remote.respond(to: Request(.get, "/"))
                #expect(response.status == .gatewayTimeout)
            }
        }
    }
}
