#if os(Linux)
    internal import FlotillaCore
    internal import FlotillaGateway
    internal import FlotillaHTTP
    internal import FlotillaObservability
    internal import FlotillaResilience
    internal import HTTPTypes
    internal import Testing

    @Suite("A gateway on its own engine, over sockets", .timeLimit(.minutes(1))) struct GatewayServerTests {
        /// A gateway with room for one request, before a service that answers when it is told to.
        private struct Fixture {
            let entered = Signal<Void>()
            let go = Signal<Void>()
            let policies: PolicyRegistry
            let telemetry: Telemetry
            let gateway: Gateway

            init() throws {
                let world = World.system()
                policies = PolicyRegistry(world: world)
                telemetry = Telemetry.silent(service: "gateway", world: world)
                let service = ClosureResponder { [entered, go] _ in
                    entered.send(())
                    _ = await go.next()
                    return .text("done")
                }
                gateway = try Gateway(
                    GatewayConfiguration(
                        routes: [
                            GatewayRoute(
                                [.get, .post], "/things/{id}", to: "shop", access: .anyone, priority: .critical)
                        ],
                        limits: .off,
                        admission: AdaptiveLimit(
                            limitMin: 1, limitMax: 1, limitStart: 1, standardShare: 1, backgroundShare: 1,
                            retryAfter: .seconds(2))),
                    directory: StaticDirectory(["shop": service]), policies: policies, verifier: nil,
                    telemetry: telemetry, world: world)
            }

            func inFlight() -> Int? { policies.shedders["gateway"]?.snapshot().inFlight }
        }

        private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

        @Test("without room a request is turned away with a document, a time and its trace, and no span")
        func shed() async throws {
            let fixture = try Fixture()
            try await withServer(.loop, fixture.gateway, telemetry: fixture.telemetry) { port, _ in
                try await withConnection(port) { busy in
                    try await busy.send("GET /things/1 HTTP/1.1\r\nHost: h\r\n\r\n")
                    _ = await fixture.entered.next()
                    try await withConnection(port) { other in
                        try await other.send(
                            "POST /things/2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
                                + "traceparent: 00-\(Self.trace)-00f067aa0ba902b7-01\r\n"
                                + "X-Correlation-ID: mine\r\n\r\n{}")
                        #expect(try await other.read(until: "\"traceId\":\"\(Self.trace)\"}"))
                        let lines = other.received.split(separator: "\r\n").map(String.init)
                        #expect(lines.first == "HTTP/1.1 503 Service Unavailable")
                        for line in [
                            "Content-Type: application/problem+json", "Retry-After: 2", "X-Trace-ID: \(Self.trace)",
                            "X-Correlation-ID: mine",
                        ] { #expect(lines.contains(line), "\(line) is not in \(lines)") }
                        #expect(other.received.contains("/problems/overloaded"))
                        // What is not the service's to answer is answered, on the same connection.
                        other.received = ""
                        try await other.send("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n")
                        #expect(try await other.read(until: "HTTP/1.1 200"))
                    }
                    fixture.go.send(())
                    #expect(try await busy.read(until: "done"))
                }
            }
            #expect(fixture.inFlight() == 0)
            let metrics = fixture.telemetry.metrics.prometheusText()
            let labels = #"method="POST",route="/things/{id}",service="gateway",status="503""#
            #expect(metrics.contains("http_requests_total{\(labels)} 1"))
            #expect(fixture.telemetry.spans.trace(Self.trace).isEmpty)
        }

        @Test("a body that is slow to come holds no room")
        func slowBody() async throws {
            let fixture = try Fixture()
            try await withServer(.loop, fixture.gateway) { port, _ in
                try await withConnection(port) { slow in
                    try await slow.send("POST /things/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n{}")
                    try await withConnection(port) { other in
                        try await other.send("GET /things/2 HTTP/1.1\r\nHost: h\r\n\r\n")
                        _ = await fixture.entered.next()
                        #expect(fixture.inFlight() == 1)
                        fixture.go.send(())
                        #expect(try await other.read(until: "done"))
                    }
                    try await slow.send("  ")
                    _ = await fixture.entered.next()
                    fixture.go.send(())
                    #expect(try await slow.read(until: "done"))
                }
            }
            #expect(fixture.inFlight() == 0)
        }
    }
#endif
