internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import HTTPTypes
internal import Synchronization
internal import Testing

@Suite("Admission at the gateway", .timeLimit(.minutes(5))) struct AdmissionTests {
    /// A gateway with room for four requests, of which standard ones fill two and background ones one.
    private final class Fixture: Sendable {
        let time = ManualTime()
        let policies: PolicyRegistry
        /// What happens while a request to the service is under way.
        private let meanwhile = Mutex<(@Sendable () async -> Void)?>(nil)
        private let made = Mutex<Gateway?>(nil)
        var gateway: Gateway { made.withLock { $0! } }

        init(
            admission: AdaptiveLimit? = AdaptiveLimit(
                limitMin: 4, limitMax: 4, limitStart: 4, standardShare: 0.5, backgroundShare: 0.25,
                retryAfter: .seconds(2)),
            limits: RateLimitPlan = .off, code: Int = 200
        ) throws {
            let world = World.manual(time)
            policies = PolicyRegistry(world: world)
            let service = Scripted { [self] _ in
                await meanwhile.withLock { body in
                    defer { body = nil }
                    return body
                }?()
                return .text("done", status: .init(code: code))
            }
            let routes = [
                GatewayRoute([.post], "/orders", to: "shop", access: .anyone, priority: .critical),
                GatewayRoute([.get], "/products", to: "shop", access: .anyone),
                GatewayRoute([.get], "/offers", to: "shop", access: .anyone, staleMax: .seconds(60)),
                GatewayRoute([.get], "/mine", to: "shop", access: .signedIn),
                GatewayRoute([.get], "/reports", to: "shop", access: .anyone, priority: .background),
            ]
            let gateway = try Gateway(
                GatewayConfiguration(
                    routes: routes, limits: limits, admission: admission,
                    // A repetition would wait on a clock that nobody moves.
                    forwarding: CallPolicy(name: "plain", retry: nil, breaker: nil, bulkhead: nil)),
                directory: StaticDirectory(["shop": service]), policies: policies, verifier: PlainTokens(),
                telemetry: .silent(service: "gateway", world: world), world: world)
            made.withLock { $0 = gateway }
        }

        var snapshot: LoadShedderSnapshot? { policies.shedders["gateway"]?.snapshot() }

        func send(_ method: HTTPRequest.Method, _ path: String, token: String? = nil) async -> Response {
            var headers = HTTPFields()
            headers[.authorization] = token.map { "Bearer \($0)" }
            return await gateway.respond(to: Request(method, path, headers: headers))
        }

        /// Does `body` while one request for each of the paths is under way.
        func during(_ paths: [String], _ body: @escaping @Sendable () async -> Void) async {
            guard let path = paths.first else { return await body() }
            meanwhile.withLock { $0 = { await self.during(Array(paths.dropFirst()), body) } }
            _ = await send(path == "/orders" ? .post : .get, path)
        }
    }

    @Test("what was asked lately is answered as it was then while there is no room, unless that is too old")
    func keptAnswers() async throws {
        let fixture = try Fixture()
        await fixture.during(["/products", "/products"]) {
            // Nothing is known yet.
            #expect(await fixture.send(.get, "/offers").status.code == 503)
        }
        #expect(await fixture.send(.get, "/offers").status.code == 200)
        fixture.time.advance(by: .seconds(40))
        await fixture.during(["/products", "/products"]) {
            let old = await fixture.send(.get, "/offers")
            #expect(old.status.code == 200)
            #expect(old.header("Cache-Status") == "gateway; hit; detail=overloaded" && old.header("Age") == "40")
            // Its route has no leave for that, though it was answered before.
            #expect(await fixture.send(.get, "/products").status.code == 503)
        }
        #expect(fixture.snapshot?.inFlight == 0)
        fixture.time.advance(by: .seconds(30))
        await fixture.during(["/products", "/products"]) {
            #expect(await fixture.send(.get, "/offers").status.code == 503)
        }
    }

    @Test("with less important requests all around, the more important ones still come in")
    func priorities() async throws {
        let fixture = try Fixture()
        await fixture.during(["/products"]) {
            #expect(await fixture.send(.get, "/reports").status.code == 503)
            #expect(await fixture.send(.get, "/products").status.code == 200)
        }
        await fixture.during(["/products", "/products"]) {
            #expect(await fixture.send(.get, "/products").status.code == 503)
            #expect(await fixture.send(.post, "/orders").status.code == 200)
        }
        await fixture.during(["/products", "/products", "/orders", "/orders"]) {
            #expect(await fixture.send(.post, "/orders").status.code == 503)
            #expect(await fixture.send(.get, "/health/live").status.code == 200)
        }
        #expect(await fixture.send(.get, "/reports").status.code == 200)
        let shot = try #require(fixture.snapshot)
        #expect(shot.inFlight == 0)
        #expect(shot.calls.map(\.shed) == [1, 1, 1])
        #expect(shot.calls.map(\.admitted) == [3, 6, 1])
    }

    @Test("a request that is turned away is told why, by which policy, and when to come back")
    func refusal() async throws {
        let fixture = try Fixture()
        await fixture.during(["/products", "/products"]) {
            let refused = await fixture.send(.get, "/products")
            #expect(refused.status == .serviceUnavailable)
            #expect(refused.headers[.retryAfter] == "2")
            #expect(refused.headers[.contentType] == "application/problem+json")
            #expect((try? refused.slug()) == "overloaded")
            let detail = (try? refused.json()["detail"]?.string) ?? ""
            for part in ["'door'", "gateway", "standard"] { #expect(detail.contains(part), "\(detail)") }
        }
    }

    @Test("it is turned away before its token is looked at, and does not count against its caller")
    func early() async throws {
        let fixture = try Fixture(limits: RateLimitPlan(global: RateLimit(3, per: .seconds(60))))
        await fixture.during(["/products", "/products"]) {
            for _ in 0..<20 { #expect(await fixture.send(.get, "/mine", token: "nonsense").status.code == 503) }
        }
        #expect(await fixture.send(.get, "/products").status.code == 200)
        #expect(await fixture.send(.get, "/products").status.code == 429)
    }

    @Test("whatever becomes of a request, it leaves", arguments: [200, 404, 500])
    func leaving(code: Int) async throws {
        let fixture = try Fixture(code: code)
        for _ in 0..<10 {
            _ = await fixture.send(.get, "/products")
            _ = await fixture.send(.get, "/mine")
            _ = await fixture.send(.get, "/mine", token: "nonsense")
        }
        let shot = try #require(fixture.snapshot)
        #expect(shot.inFlight == 0)
        #expect(shot.calls.map(\.admitted) == [0, 30, 0])
    }

    @Test("without a policy everybody is let in")
    func off() async throws {
        let fixture = try Fixture(admission: nil)
        await fixture.during(Array(repeating: "/products", count: 100)) {
            #expect(await fixture.send(.get, "/reports").status.code == 200)
        }
        #expect(fixture.snapshot == nil)
    }

    @Test("a limit that paces makes a request wait for its turn, without holding room")
    func paced() async throws {
        let plan = RateLimitPlan(global: RateLimit(.leakyBucket, 10, per: .seconds(1), queue: 2))
        let fixture = try Fixture(limits: plan)
        #expect(await fixture.send(.get, "/products").status.code == 200)
        async let second = fixture.send(.get, "/products")
        while fixture.time.sleeperCount < 1 { await Task.yield() }
        #expect(fixture.snapshot?.inFlight == 0)
        async let third = fixture.send(.get, "/products")
        while fixture.time.sleeperCount < 2 { await Task.yield() }
        // The queue is full.
        let fourth = await fixture.send(.get, "/products")
        #expect(fourth.status.code == 429 && fourth.headers[.retryAfter] == "1")
        fixture.time.advance(by: .milliseconds(100))
        #expect(await second.status.code == 200)
        #expect(fixture.time.sleeperCount == 1)
        fixture.time.advance(by: .milliseconds(100))
        #expect(await third.status.code == 200)
    }
}
