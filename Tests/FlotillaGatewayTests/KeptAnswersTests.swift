internal import FlotillaCore
internal import FlotillaGateway
internal import FlotillaHTTP
internal import FlotillaObservability
internal import FlotillaResilience
internal import HTTPTypes
internal import Synchronization
internal import Testing

@Suite("Answers that are given again while a service cannot answer", .timeLimit(.minutes(5))) struct KeptAnswersTests {
    private let time = ManualTime()

    /// A catalog that answers with its last word and how often it was asked, until it is told to fail.
    private final class Catalog: Responder {
        private let status = Mutex<HTTPResponse.Status>(.ok)
        private let count = Atomic(0)

        func answer(_ new: HTTPResponse.Status) { status.withLock { $0 = new } }

        func respond(to request: Request) async -> Response {
            let number = count.add(1, ordering: .relaxed).newValue
            let status = status.withLock { $0 }
            return .text("\(request.target) \(number)", status: status)
        }
    }

    private struct Fixture {
        let catalog = Catalog()
        let directory: Switchboard
        let gateway: Gateway

        init(_ time: ManualTime) throws {
            let world = World.manual(time)
            directory = Switchboard(["catalog": catalog])
            gateway = try Gateway(
                GatewayConfiguration(
                    routes: [
                        GatewayRoute(
                            [.get, .put], "/products/{id}", to: "catalog", access: .anyone, staleMax: .seconds(60)),
                        GatewayRoute([.get], "/offers", to: "catalog", access: .anyone),
                    ], limits: .off, forwarding: CallPolicy(name: "plain", retry: nil, breaker: nil, bulkhead: nil)),
                directory: directory, policies: PolicyRegistry(world: world), verifier: nil,
                telemetry: .silent(service: "gateway", world: world), world: world)
        }

        func send(_ path: String, _ method: HTTPRequest.Method = .get) async -> Response {
            await gateway.respond(to: Request(method, target: path))
        }

        func text(_ path: String) async -> String { String(decoding: await send(path).bytes ?? [], as: UTF8.self) }
    }

    @Test("a service that is away is spoken for by what it said last, and the answer says so")
    func away() async throws {
        let fixture = try Fixture(time)
        #expect(await fixture.text("/products/a?x=1") == "/products/a?x=1 1")
        let first = await fixture.send("/products/a?x=1")
        #expect(first.headers[.age] == nil && first.header("Cache-Status") == nil)
        fixture.directory.remove("catalog")
        time.advance(by: .seconds(30))
        let old = await fixture.send("/products/a?x=1")
        #expect(old.status == .ok)
        #expect(String(decoding: old.bytes ?? [], as: UTF8.self) == "/products/a?x=1 1", "kept at most once a second")
        #expect(old.headers[.age] == "30")
        #expect(old.header("Cache-Status") == "gateway; hit; detail=unavailable")
        #expect(old.headers[.cacheControl] == "no-store")
        fixture.directory.put("catalog", fixture.catalog)
        #expect(await fixture.text("/products/a?x=1") == "/products/a?x=1 3")
    }

    @Test("what was not asked before, is too old or is no read fails as it always did")
    func notKnown() async throws {
        let fixture = try Fixture(time)
        _ = await fixture.send("/products/a")
        _ = await fixture.send("/offers")
        fixture.directory.remove("catalog")
        #expect(await fixture.send("/products/b").status == .serviceUnavailable)
        #expect(await fixture.send("/products/a?other").status == .serviceUnavailable)
        #expect(await fixture.send("/offers").status == .serviceUnavailable, "its route does not allow it")
        #expect(await fixture.send("/products/a", .put).status == .serviceUnavailable)
        #expect(await fixture.send("/products/a").status == .ok)
        time.advance(by: .seconds(61))
        let tooOld = await fixture.send("/products/a")
        #expect(tooOld.status == .serviceUnavailable)
        #expect(tooOld.headers[.retryAfter] != nil)
    }

    @Test("an answer of 5xx is replaced, one of 4xx is not")
    func errors() async throws {
        let fixture = try Fixture(time)
        _ = await fixture.send("/products/a")
        fixture.catalog.answer(.internalServerError)
        let old = await fixture.send("/products/a")
        #expect(old.status == .ok)
        #expect(old.header("Cache-Status") == "gateway; hit; detail=answered-500")
        fixture.catalog.answer(.notFound)
        #expect(await fixture.send("/products/a").status == .notFound)
    }

    @Test("more answers than there is room for: the first kept go first")
    func bounded() async throws {
        let fixture = try Fixture(time)
        for number in 0..<2_005 { _ = await fixture.send("/products/\(number)") }
        fixture.directory.remove("catalog")
        #expect(await fixture.send("/products/4").status == .serviceUnavailable)
        #expect(await fixture.send("/products/5").status == .ok)
        #expect(await fixture.send("/products/2004").status == .ok)
    }
}
