internal import FlotillaCore
internal import FlotillaObservability
internal import FlotillaRPC
internal import Testing

@Suite("A call and its answer")
struct RoundTripTests {
    @Test("the answer comes back")
    func answer() async throws {
        let system = EchoSystem { text, _ in text + "!" }
        let answer = try await system.running { try await system.say("ahoy") }
        #expect(answer == "ahoy!")
    }

    @Test("many calls at once each get their own answer")
    func concurrent() async throws {
        let system = EchoSystem()
        try await system.running {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    group.addTask { try await system.say("call \(number)") == "call \(number)" }
                }
                for try await isOwn in group { #expect(isOwn) }
            }
        }
    }

    @Test("trace, correlation, caller, token and the time left travel along")
    func context() async throws {
        let seen = Seen<(CallContext, String?)>()
        let ada = Principal(id: "user-1", role: .customer, tier: "premium")
        let system = EchoSystem(
            answer: { text, context in
                seen.set((context.call, context.callerService))
                return text
            },
            authenticate: { token in
                guard token.exposed == "good" else {
                    throw ServiceError(.unauthenticated, "invalid-token", "The token is not valid.")
                }
                return ada
            })
        var context = system.call(timeout: .seconds(3))
        context.correlationID = "order-17"
        context.token = Secret("good")
        _ = try await system.running { [context] in try await system.say("x", context) }

        let (call, caller) = try #require(seen.value)
        #expect(call.trace.traceID == context.trace.traceID)
        #expect(call.correlationID == "order-17")
        #expect(call.token == Secret("good"))
        #expect(call.principal == ada)
        #expect(call.deadline == context.deadline)
        #expect(caller == "caller")
    }

    @Test("caller and callee record one span each, the callee's below the caller's, and metrics")
    func telemetry() async throws {
        let system = EchoSystem()
        let context = system.call()
        _ = try await system.running { try await system.say("x", context) }
        let spans = system.spans.spans(SpanQuery(traceID: context.trace.traceID))
        let client = try #require(spans.first { $0.kind == .client })
        let server = try #require(spans.first { $0.kind == .server })
        #expect(client.parentSpanID == context.trace.spanID)
        #expect(client.service == "caller")
        #expect(client.name == "echo.Say")
        #expect(server.parentSpanID == client.spanID)
        #expect(server.service == "echo")
        let text = system.metrics.prometheusText()
        #expect(text.contains(#"rpc_client_requests_total{callee="echo",method="Say",outcome="ok"} 1"#))
        #expect(text.contains(#"rpc_server_requests_total{method="Say",outcome="ok"} 1"#))
    }

    @Test("a token that is not valid is refused with its reason")
    func unauthenticated() async throws {
        let system = EchoSystem(authenticate: { _ in
            throw ServiceError(.unauthenticated, "invalid-token", "The token is not valid.")
        })
        var context = system.call()
        context.token = Secret("bad")
        let error = try await system.running { [context] in await failure { try await system.say("x", context) } }
        #expect(error?.kind == .unauthenticated)
        #expect(error?.slug == "invalid-token")
    }

    @Test("a service that may not call is refused")
    func callers() async throws {
        let refusing = EchoSystem(allowedCallers: ["orders"])
        let refused = try await refusing.running { await failure { try await refusing.say("x") } }
        #expect(refused?.slug == "caller-not-allowed")
        let allowing = EchoSystem(allowedCallers: ["orders", "caller"])
        #expect(try await allowing.running { try await allowing.say("x") } == "x")
    }
}
