internal import FlotillaCore
@testable internal import FlotillaGateway
internal import FlotillaHTTP
@testable internal import FlotillaProxy
internal import HTTPTypes
internal import Testing

@Suite("Answers from a route's cache", .timeLimit(.minutes(5))) struct RouteCacheTests {
    private let fixture = CacheFixture()
    private var origin: Origin { fixture.origin }

    @Test("what is fresh is answered without asking, with its age, and again asked for when its time is over")
    func hit() async throws {
        origin.answer([.cacheControl: "max-age=60", .contentType: "text/plain"])
        let first = try await fixture.get()
        #expect(first.text == "/a 1" && first.course == "gateway; fwd=uri-miss; stored")
        #expect(first.headers[.age] == nil)
        fixture.time.advance(by: .seconds(59))
        let second = try await fixture.get()
        #expect(second.text == "/a 1" && second.course == "gateway; hit; ttl=1")
        #expect(second.headers[.age] == "59" && second.headers[.contentType] == "text/plain")
        fixture.time.advance(by: .seconds(1))
        let third = try await fixture.get()
        #expect(third.text == "/a 2" && third.course == "gateway; fwd=stale; fwd-status=200; stored")
        #expect(fixture.cache.counts.hits == 1 && fixture.cache.counts.misses == 2)
    }

    @Test("a loop's thread finds what a task has kept, and the whole answer is ready")
    func lookup() async throws {
        origin.answer([.cacheControl: "max-age=60"])
        let route = fixture.route()
        let request = CacheFixture.request()
        guard case .miss = route.lookup(request, now: .zero) else { return #expect(Bool(false), "nothing is there") }
        _ = try await fixture.get()
        guard case .hit(let answer) = route.lookup(request, now: .seconds(7)) else {
            return #expect(Bool(false), "it is there")
        }
        let ready = answer.ready()
        #expect(String(decoding: ready.body, as: UTF8.self) == "/a 1")
        let head = String(decoding: ready.head.lines, as: UTF8.self)
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.contains("Age: 7\r\n"))
        #expect(head.contains("Cache-Status: gateway; hit; ttl=53\r\n"))
    }

    @Test("HEAD is answered by what GET has brought")
    func head() async throws {
        origin.answer([.cacheControl: "max-age=60"])
        _ = try await fixture.get(method: .head)
        #expect(origin.count == 1 && fixture.cache.counts.stored == 0, "an answer to HEAD is not kept")
        _ = try await fixture.get()
        let head = try await fixture.get(method: .head)
        #expect(head.course == "gateway; hit; ttl=60" && origin.count == 2)
    }

    @Test("host, path, query and route tell answers apart")
    func keys() async throws {
        origin.answer([.cacheControl: "max-age=60"])
        for target in ["/a", "/a?", "/a?x=1", "/a?x=2", "/a/", "/A"] { _ = try await fixture.get(target) }
        #expect(origin.count == 5, "an empty query is none")
        _ = try await fixture.get("/a", scope: "other")
        #expect(origin.count == 6)
        var elsewhere = CacheFixture.request()
        elsewhere.authority = "other.example"
        guard case .miss = fixture.route().lookup(elsewhere, now: .zero) else {
            return #expect(Bool(false), "another host")
        }
        elsewhere.authority = "SHOP.example"
        guard case .hit = fixture.route().lookup(elsewhere, now: .zero) else {
            return #expect(Bool(false), "letters of a host have no case")
        }
    }

    @Test("an answer that differs by a field is given to requests that say the same in it")
    func vary() async throws {
        origin.answer([.cacheControl: "max-age=60", .vary: "Accept-Language, accept-encoding"])
        let german: HTTPFields = [.acceptLanguage: "de", .acceptEncoding: "gzip, br;q=0.5"]
        #expect(try await fixture.get("/a", german).text == "/a 1")
        #expect(try await fixture.get("/a", [.acceptLanguage: "en"]).text == "/a 2")
        let again = try await fixture.get("/a", [.acceptLanguage: "de", .acceptEncoding: "br,gzip"])
        #expect(again.text == "/a 1", "codings that are welcome are a set")
        #expect(try await fixture.get("/a", [.acceptLanguage: "fr"]).course == "gateway; fwd=vary-miss; stored")
        #expect(try await fixture.get("/a", [.acceptLanguage: "en"]).text == "/a 2")
    }

    @Test("a body that comes as a stream is kept when all of it has come, and is not held up")
    func stream() async throws {
        origin.answer { _, _ in
            Response(.ok, headers: [.cacheControl: "max-age=60"], body: .stream { writer in
                try await writer.write(Array("one ".utf8))
                try await writer.write(Array("two".utf8))
            })
        }
        let first = try await fixture.get()
        #expect(fixture.cache.counts.stored == 0)
        #expect(String(decoding: try await first.collect(), as: UTF8.self) == "one two")
        #expect(try await fixture.get().text == "one two")
        #expect(origin.count == 1)
    }
}
