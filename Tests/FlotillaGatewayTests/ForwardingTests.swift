internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import HTTPTypes
internal import Synchronization
internal import Testing

/// A service whose answers a test makes, and which counts how often it was asked.
final class Scripted: Responder {
    private let answer: @Sendable (Int) async -> Response
    private let count = Atomic(0)

    /// - Parameter answer: gets the number of the request, from 1.
    init(_ answer: @escaping @Sendable (Int) async -> Response) { self.answer = answer }

    var requests: Int { count.load(ordering: .relaxed) }

    func respond(to request: Request) async -> Response {
        await answer(count.add(1, ordering: .relaxed).newValue)
    }
}

/// A service at the other end of a line that is cut.
struct CutOff: DistantResponder {
    func send(_ request: Request) async throws -> Response { throw ServiceError.unavailable("orders") }
    func respond(to request: Request) async -> Response { Problem.response(for: CancellationError(), traceID: "") }
}

@Suite("What a gateway forwards", .timeLimit(.minutes(5))) struct ForwardingTests {
    private let time = ManualTime()

    /// A gateway before one service, `orders`, and another that is well.
    private struct Fixture {
        let policies: PolicyRegistry
        let directory: Switchboard
        let gateway: Gateway

        init(
            _ orders: any Responder, world: World, policy: CallPolicy = .forwarding, timeout: Duration = .seconds(5)
        ) throws {
            policies = PolicyRegistry(world: world)
            directory = Switchboard(["orders": orders, "catalog": Scripted { _ in .text("well") }])
            gateway = try Gateway(
                GatewayConfiguration(
                    routes: [
                        GatewayRoute([.get, .post], "/orders", to: "orders", access: .anyone, timeout: timeout),
                        GatewayRoute([.get], "/products", to: "catalog", access: .anyone),
                        GatewayRoute([.get], "/", to: "edge", access: .anyone),
                    ], limits: .off, forwarding: policy),
                directory: directory, local: ["edge": Scripted { _ in Response(.internalServerError) }],
                policies: policies, verifier: nil, telemetry: .silent(service: "gateway", world: world), world: world)
        }

        func send(
            _ method: HTTPRequest.Method, _ path: String = "/orders", headers: HTTPFields = [:]
        ) async -> Response {
            await gateway.respond(to: Request(method, path, headers: headers))
        }

        var breaker: BreakerSnapshot? { policies.callGuard(for: "gateway → orders").snapshot().breaker }
    }

    @Test(
        "five failures in a row open the breaker, one second later a trial closes it", arguments: [500, 502, 503, 504])
    func opens(code: Int) async throws {
        let service = Scripted { $0 <= 5 ? Response(.init(code: code)) : .text("well again") }
        let fixture = try Fixture(service, world: .manual(time))
        for _ in 0..<5 { #expect(await fixture.send(.post).status.code == code) }
        for method in [HTTPRequest.Method.post, .get] {
            let refused = await fixture.send(method)
            #expect(refused.status == .serviceUnavailable)
            #expect(refused.headers[.retryAfter] == "1")
            #expect(refused.headers[.contentType] == "application/problem+json")
            #expect(try refused.slug() == "circuit-open")
            let detail = try #require(try refused.json()["detail"]?.string)
            for part in ["orders", "forwarding", "gateway → orders"] { #expect(detail.contains(part)) }
        }
        #expect(service.requests == 5)
        #expect(fixture.breaker?.state == .open)
        #expect(await fixture.send(.get, "/products").status == .ok)
        time.advance(by: .seconds(1))
        #expect(await fixture.send(.post).status == .ok)
        #expect(fixture.breaker?.state == .closed)
    }

    @Test("what is the caller's fault, or an orderly refusal, never does", arguments: [
        (400, nil), (401, nil), (404, nil), (409, nil), (422, nil), (429, "1"), (503, "5"),
    ] as [(Int, String?)])
    func notCounted(code: Int, retryAfter: String?) async throws {
        let service = Scripted { _ in
            var response = Response.text("as it was", status: .init(code: code))
            response.headers[.retryAfter] = retryAfter
            return response
        }
        let fixture = try Fixture(service, world: .manual(time))
        for number in 0..<20 {
            let response = await fixture.send(number % 2 == 0 ? .get : .post)
            #expect(response.status.code == code)
            #expect(response.headers[.retryAfter] == retryAfter)
            #expect(response.bytes == Array("as it was".utf8))
        }
        #expect(service.requests == 20)
        #expect(fixture.breaker?.state == .closed)
        #expect(fixture.policies.callGuard(for: "gateway → orders").snapshot().failures == 0)
    }

    @Test("a service that cannot be reached opens it, too")
    func unreachable() async throws {
        let fixture = try Fixture(CutOff(), world: .manual(time))
        for _ in 0..<5 { #expect(try await fixture.send(.post).slug() == "unavailable") }
        #expect(try await fixture.send(.post).slug() == "circuit-open")
    }

    @Test("a service that is away is not called: back again, it gets the first request")
    func away() async throws {
        let service = Scripted { _ in .text("here") }
        let fixture = try Fixture(service, world: .manual(time))
        fixture.directory.remove("orders")
        for _ in 0..<20 {
            let response = await fixture.send(.get)
            #expect(try response.slug() == "unavailable")
            #expect(response.headers[.retryAfter] == "5")
        }
        fixture.directory.put("orders", service)
        #expect(await fixture.send(.get).status == .ok)
        let shot = fixture.policies.callGuard(for: "gateway → orders").snapshot()
        #expect(shot.attempts == 1 && shot.ends.refused == 20 && shot.breaker?.refusals == 0)
    }

    @Test("a question is asked once more when the answer did not come, an order is not", arguments: [
        (HTTPRequest.Method.get, 502, 2), (.head, 502, 2), (.get, 503, 2), (.post, 502, 1), (.get, 500, 1),
        (.get, 404, 1),
    ])
    func retry(method: HTTPRequest.Method, code: Int, attempts: Int) async throws {
        let service = Scripted { $0 == 1 ? Response(.init(code: code)) : .text("well again") }
        // However slow the machine, the deadline must not be what decides.
        let fixture = try Fixture(service, world: .system(), timeout: .seconds(60))
        let response = await fixture.send(method)
        #expect(response.status.code == (attempts == 2 ? 200 : code))
        #expect(service.requests == attempts)
    }

    @Test("asking again stays within the budget")
    func budget() async throws {
        var policy = CallPolicy.forwarding
        policy.breaker = nil
        policy.retry?.budget = RetryBudget.Policy(share: 0.1, minimumPerSecond: 0, savedMax: 1)
        let service = Scripted { _ in Response(.badGateway) }
        let fixture = try Fixture(service, world: .system(), policy: policy)
        for _ in 0..<10 { #expect(await fixture.send(.get).status == .badGateway) }
        #expect(service.requests == 11)
    }

    @Test("a service that is too slow for its route opens it; for a caller in a hurry it does not", arguments: [
        (false, BreakerState.open), (true, .closed),
    ])
    func slow(isInHurry: Bool, state: BreakerState) async throws {
        let service = Scripted { _ in
            for await _ in AsyncStream<Void>(unfolding: { await Task.yield(); return () }) where Task.isCancelled {
                break
            }
            return .text("late")
        }
        let fixture = try Fixture(
            service, world: .system(), timeout: isInHurry ? .seconds(30) : .milliseconds(10))
        for _ in 0..<5 {
            let response = await fixture.send(.post, headers: isInHurry ? [.requestTimeout: "5"] : [:])
            #expect(response.status == .gatewayTimeout)
            #expect(try response.json()["detail"]?.string?.hasPrefix("orders ") == true)
        }
        #expect(fixture.breaker?.state == state)
    }

    @Test("every service has its breaker from the start, what the gateway has in itself has none")
    func listed() async throws {
        let fixture = try Fixture(Scripted { _ in .text("well") }, world: .manual(time))
        #expect(fixture.policies.snapshots().map(\.target) == ["gateway → catalog", "gateway → orders"])
        #expect(fixture.policies.snapshots().allSatisfy { $0.policy == "forwarding" && $0.breaker?.state == .closed })
        for _ in 0..<10 { #expect(await fixture.send(.get, "/").status == .internalServerError) }
        #expect(fixture.policies.snapshots().count == 2)
    }

    @Test("an entry of the fleet's policies goes before the gateway's own, and both are allowed")
    func entry() throws {
        let own = CallPolicy(name: "own")
        let book = PolicyBook(byTarget: ["gateway → orders": own])
        #expect(book.policy(for: "gateway → orders", standard: .forwarding) == own)
        #expect(book.policy(for: "gateway → catalog", standard: .forwarding) == .forwarding)
        #expect(book.policy(for: "gateway → catalog") == .standard)
        #expect(CallPolicy.forwarding.problems().isEmpty)
    }
}
