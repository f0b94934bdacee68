internal import FlotillaCore
@testable internal import FlotillaGateway
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

@Suite("What is one caller's is not for others, and what was changed is not given again", .timeLimit(.minutes(5)))
struct SharingTests {
    private let fixture = CacheFixture()
    private var origin: Origin { fixture.origin }

    /// An origin that tells callers who they are.
    private func personal(_ control: String, _ more: HTTPFields = [:]) {
        origin.answer { request, number in
            var headers = more
            headers[.cacheControl] = control
            let name = request.headers[.authorization] ?? request.headers[.cookie] ?? "nobody"
            return Response(.ok, headers: headers, body: .bytes(Array("\(name) \(number)".utf8)))
        }
    }

    @Test("answers to callers that are known stay theirs", arguments: [HTTPField.Name.authorization, .cookie])
    func credentials(name: HTTPField.Name) async throws {
        for control in ["max-age=60", "private, max-age=60", "no-store", "max-age=60, private=\"x\""] {
            personal(control)
            let target = "/\(control.utf8.count)"
            #expect(try await fixture.get(target, [name: "ann"]).text.hasPrefix("ann"))
            #expect(try await fixture.get(target, [name: "bob"]).text.hasPrefix("bob"))
            #expect(try await fixture.get(target).text.hasPrefix("nobody"))
            #expect(try await fixture.get(target, [name: "ann"]).text.hasPrefix("ann"))
        }
    }

    @Test("a caller known by a certificate or a key is known as well")
    func known() async throws {
        origin.answer([.cacheControl: "max-age=60"])
        #expect(try await fixture.get("/a", isKnown: true).text == "/a 1")
        #expect(try await fixture.get("/a", isKnown: true).text == "/a 2")
        #expect(try await fixture.get("/a").text == "/a 3")
        #expect(try await fixture.get("/a").text == "/a 3")
        #expect(try await fixture.get("/a", isKnown: true).text == "/a 4")
        guard case .miss = fixture.route().lookup(CacheFixture.request(), isKnown: true, now: .zero) else {
            return #expect(Bool(false), "what is kept is for nobody known")
        }
    }

    @Test("an answer that says it is for everybody is (section 3.5)")
    func shared() async throws {
        personal("public, max-age=60")
        #expect(try await fixture.get("/a", [.authorization: "ann"]).text == "ann 1")
        #expect(try await fixture.get("/a", [.authorization: "bob"]).text == "ann 1")
        #expect(try await fixture.get("/a").text == "ann 1")
    }

    @Test("Vary: Authorization tells callers apart")
    func varied() async throws {
        personal("public, max-age=60", [.vary: "Authorization"])
        for _ in 0..<2 {
            #expect(try await fixture.get("/a", [.authorization: "ann"]).text == "ann 1")
            #expect(try await fixture.get("/a", [.authorization: "bob"]).text == "bob 2")
        }
    }

    @Test("what an answer says of its call, its connection and cookies goes to one client only")
    func fields() async throws {
        origin.answer([
            .cacheControl: "max-age=60", .traceID: "t", .connection: "x-hop", .cacheStatus: "origin; hit",
            HTTPField.Name.constant("X-Hop"): "1", HTTPField.Name.constant("X-Kept"): "1",
        ])
        let first = try await fixture.get()
        #expect(first.headers[.traceID] == "t" && first.course == "origin; hit, gateway; fwd=uri-miss; stored")
        let second = try await fixture.get()
        #expect(second.headers[.traceID] == nil && second.field("X-Hop") == nil && second.field("X-Kept") == "1")
        #expect(second.course == "gateway; hit; ttl=60")
        origin.answer([.cacheControl: "max-age=60", .setCookie: "id=1"])
        #expect(try await fixture.get("/b").headers[.setCookie] == "id=1")
        #expect(fixture.cache.counts.answers == 1)
    }

    @Test("a route's own fields tell answers apart, and caches further on are told")
    func routeVary() async throws {
        var plan = CachePlan()
        (plan.ttl, plan.vary) = (.seconds(60), ["x-tenant"])
        let tenant = HTTPField.Name.constant("X-Tenant")
        let first = try await fixture.get("/a", [tenant: "one"], plan: plan)
        #expect(first.text == "/a 1" && first.headers[.vary] == "x-tenant")
        #expect(try await fixture.get("/a", [tenant: "two"], plan: plan).text == "/a 2")
        let again = try await fixture.get("/a", [tenant: "one"], plan: plan)
        #expect(again.text == "/a 1" && again.headers[.vary] == "x-tenant")
    }

    @Test("a GET with a body goes past the cache: its body may change the answer")
    func body() async throws {
        origin.answer([.cacheControl: "max-age=60"])
        var request = CacheFixture.request()
        request.body = [1]
        let (fat, origin) = (request, fixture.origin)
        _ = try await fixture.route().answer(to: fat) { try await origin.answer($0) }
        #expect(fixture.cache.counts.answers == 0)
        #expect(try await fixture.get().text == "/a 2")
    }

    @Test("what is compressed goes only to those who can read it, though its maker forgets to say so")
    func undeclaredCoding() async throws {
        origin.answer([.cacheControl: "max-age=60", .contentEncoding: "gzip"])
        _ = try await fixture.get("/a", [.acceptEncoding: "gzip"])
        #expect(try await fixture.get("/a", [.acceptEncoding: "gzip"]).text == "/a 1")
        #expect(try await fixture.get("/a").text == "/a 2")
    }

    // MARK: Changes (section 4.4)

    @Test("an unsafe method forgets what it was sent to and what its answer names; a failed one does not")
    func invalidation() async throws {
        origin.answer { request, number in
            if request.method == .get {
                return Response(.ok, headers: [.cacheControl: "max-age=60"], body: .bytes(Array("\(number)".utf8)))
            }
            let isBad = request.query == "bad"
            return Response(
                isBad ? .conflict : .created, headers: [.location: "/items/7", .contentLocation: "http://evil/list"])
        }
        for target in ["/items", "/items/7", "/list"] { _ = try await fixture.get(target) }
        _ = try await fixture.get("/items?bad", method: .post)
        #expect(fixture.cache.counts.answers == 3)
        let posted = try await fixture.get("/items", method: .post)
        #expect(posted.course == "gateway; fwd=method")
        #expect(try await fixture.get("/items").course == "gateway; fwd=uri-miss; stored")
        #expect(try await fixture.get("/items/7").course == "gateway; fwd=uri-miss; stored")
        #expect(try await fixture.get("/list").course.hasPrefix("gateway; hit"), "another origin's")
        #expect(fixture.cache.counts.invalidated == 2)
    }

    @Test("a change reaches what other routes have kept")
    func otherRoutes() async throws {
        origin.answer([.cacheControl: "max-age=60"])
        _ = try await fixture.get("/a", scope: "reads")
        _ = try await fixture.get("/a", method: .put, scope: "writes")
        #expect(fixture.cache.counts.answers == 0)
    }

    @Test("an answer that was asked for before a change is not kept after it")
    func race() async throws {
        let gate = Gate()
        origin.answer { request, number in
            if request.method == .get, number == 1 { await gate.wait() }
            return Response(.ok, headers: [.cacheControl: "max-age=60"], body: .bytes(Array("\(number)".utf8)))
        }
        async let early = fixture.get()
        await Gate.until { gate.count == 1 }
        _ = try await fixture.get("/a", method: .delete)
        gate.open()
        #expect(try await early.text == "1")
        #expect(try await fixture.get().text == "3")
    }
}
