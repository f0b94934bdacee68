internal import FlotillaCore
@testable internal import FlotillaGateway
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

@Suite("Validation and conditions (RFC 9111, section 4.3; RFC 9110, section 13)", .timeLimit(.minutes(5)))
struct ValidationTests {
    private let fixture = CacheFixture()
    private var origin: Origin { fixture.origin }

    /// An origin whose answer is fresh for a minute and has not changed since.
    private func tagged(_ tag: String = "\"v1\"", _ more: HTTPFields = [:]) {
        origin.answer { request, number in
            var headers: HTTPFields = [.cacheControl: "max-age=60", .eTag: tag, .contentType: "text/plain"]
            for field in more { headers.append(field) }
            if request.headers[.ifNoneMatch] == tag { return Response(.notModified, headers: headers) }
            return Response(.ok, headers: headers, body: .bytes(Array("body \(number)".utf8)))
        }
    }

    @Test("what is stale is asked about; not modified, it is fresh again without its body")
    func validated() async throws {
        tagged()
        _ = try await fixture.get()
        fixture.time.advance(by: .seconds(61))
        let second = try await fixture.get()
        #expect(second.status == .ok && second.text == "body 1" && second.headers[.age] == "0")
        #expect(second.course == "gateway; fwd=stale; fwd-status=304; ttl=60")
        #expect(origin.requests.last?.headers[.ifNoneMatch] == "\"v1\"")
        fixture.time.advance(by: .seconds(59))
        #expect(try await fixture.get().course == "gateway; hit; ttl=1")
        #expect(origin.count == 2 && fixture.cache.counts.revalidated == 1 && fixture.cache.counts.answers == 1)
    }

    @Test("a 304 brings new fields, and leaves those that are about the bytes")
    func merged() async throws {
        origin.answer { request, _ in
            guard request.headers[.ifNoneMatch] == nil else {
                return Response(
                    .notModified,
                    headers: [
                        .cacheControl: "max-age=120", .contentType: "text/html", .contentLength: "0", .server: "new",
                        .eTag: "W/\"a\"",
                    ])
            }
            return Response(
                .ok, headers: [.cacheControl: "max-age=60", .eTag: "\"a\"", .contentType: "text/plain"],
                body: .bytes([1]))
        }
        _ = try await fixture.get()
        fixture.time.advance(by: .seconds(60))
        _ = try await fixture.get()
        let answer = try await fixture.get()
        #expect(answer.headers[.server] == "new" && answer.headers[.contentType] == "text/plain")
        #expect(answer.headers[.contentLength] == nil && answer.headers[.eTag] == "\"a\"")
        #expect(answer.course == "gateway; hit; ttl=120" && answer.bytes == [1])
    }

    @Test("a 304 about another version is not believed: the answer is asked for whole")
    func otherTag() async throws {
        origin.answer { request, number in
            let tag = "\"v\(number)\""
            let isAsked = request.headers[.ifNoneMatch] != nil
            return Response(
                isAsked ? .notModified : .ok, headers: [.cacheControl: "max-age=60", .eTag: tag],
                body: .bytes(isAsked ? [] : Array("body \(number)".utf8)))
        }
        _ = try await fixture.get()
        fixture.time.advance(by: .seconds(60))
        let second = try await fixture.get()
        #expect(second.text == "body 3" && second.status == .ok && origin.requests.last?.headers[.ifNoneMatch] == nil)
        #expect(try await fixture.get().text == "body 3")
    }

    @Test("what may not be used without asking is asked about each time")
    func noCache() async throws {
        origin.answer { request, _ in
            let headers: HTTPFields = [.cacheControl: "no-cache", .lastModified: HTTPDates.text(1_000)]
            guard request.headers[.ifModifiedSince] == nil else { return Response(.notModified, headers: headers) }
            return Response(.ok, headers: headers, body: .bytes([7]))
        }
        for _ in 0..<3 { #expect(try await fixture.get().bytes == [7]) }
        #expect(origin.requests.compactMap { $0.headers[.ifModifiedSince] }.count == 2)
    }

    @Test("a 304 that forbids to keep the answer ends its time here, and the client still gets it")
    func withdrawn() async throws {
        origin.answer { request, number in
            let isAsked = request.headers[.ifNoneMatch] != nil
            return Response(
                isAsked ? .notModified : .ok,
                headers: [.cacheControl: isAsked ? "private" : "max-age=60", .eTag: "\"a\""], body: .bytes([9]))
        }
        _ = try await fixture.get()
        fixture.time.advance(by: .seconds(60))
        #expect(try await fixture.get().bytes == [9])
        #expect(fixture.cache.counts.answers == 0)
    }

    @Test("an answer that may not be kept takes the place of the one that was")
    func superseded() async throws {
        origin.answer([.cacheControl: "max-age=10, stale-if-error=1000"])
        _ = try await fixture.get()
        fixture.time.advance(by: .seconds(11))
        origin.answer([.cacheControl: "private"])
        #expect(try await fixture.get().text == "/a 2")
        #expect(fixture.cache.counts.answers == 0)
        origin.answer([:], status: .badGateway)
        #expect(try await fixture.get().status == .badGateway, "the old one is not given for it any more")
    }

    @Test("a client that wants it newer makes the cache ask (RFC 9111, section 5.2.1.4)")
    func wishes() async throws {
        tagged()
        _ = try await fixture.get()
        let asked = try await fixture.get("/a", [.cacheControl: "no-cache"])
        #expect(asked.course == "gateway; fwd=request; fwd-status=304; ttl=60" && asked.text == "body 1")
        fixture.time.advance(by: .seconds(10))
        _ = try await fixture.get("/a", [.cacheControl: "max-age=5"])
        #expect(origin.count == 3)
        _ = try await fixture.get("/a", [.cacheControl: "min-fresh=61"])
        #expect(origin.count == 4)
        _ = try await fixture.get("/a", [.cacheControl: "min-fresh=60"])
        #expect(origin.count == 4)
    }

    @Test(
        "a client that has the body gets 304 from the cache",
        arguments: [
            ("If-None-Match", "\"v1\"", true), ("If-None-Match", "W/\"v1\"", true),
            ("If-None-Match", "\"x\", \"v1\"", true), ("If-None-Match", "*", true), ("If-None-Match", "\"v2\"", false),
            ("If-None-Match", "v1", false), ("If-None-Match", "\"v", false),
            ("If-Modified-Since", HTTPDates.text(1_000), true), ("If-Modified-Since", HTTPDates.text(1_001), true),
            ("If-Modified-Since", HTTPDates.text(999), false), ("If-Modified-Since", "yesterday", false),
        ])
    func conditions(name: String, value: String, isKnown: Bool) async throws {
        tagged("\"v1\"", [.lastModified: HTTPDates.text(1_000), .vary: "Accept"])
        _ = try await fixture.get()
        let answer = try await fixture.get("/a", [try #require(HTTPField.Name(name)): value])
        #expect(answer.status == (isKnown ? .notModified : .ok) && origin.count == 1)
        #expect(answer.headers[.eTag] == "\"v1\"" && answer.headers[.vary] == "Accept")
        #expect(answer.headers[.contentType] == (isKnown ? nil : "text/plain"))
        #expect((answer.bytes?.isEmpty == true) == isKnown)
    }

    @Test("If-None-Match goes before If-Modified-Since (RFC 9110, section 13.1.3)")
    func precedence() async throws {
        tagged("\"v1\"", [.lastModified: HTTPDates.text(1_000)])
        _ = try await fixture.get()
        let answer = try await fixture.get(
            "/a", [.ifNoneMatch: "\"v2\"", .ifModifiedSince: HTTPDates.text(2_000)])
        #expect(answer.status == .ok)
    }

    @Test("the first client with a condition fills the cache and gets its 304 all the same")
    func firstWithCondition() async throws {
        tagged()
        let answer = try await fixture.get("/a", [.ifNoneMatch: "\"v1\""])
        #expect(answer.status == .notModified && origin.requests[0].headers[.ifNoneMatch] == nil)
        #expect(try await fixture.get().text == "body 1")
        #expect(origin.count == 1)
    }

    @Test("only-if-cached: what is not there is 504")
    func onlyIfCached() async throws {
        tagged()
        let wish: HTTPFields = [.cacheControl: "only-if-cached"]
        let error = await #expect(throws: ServiceError.self) { try await fixture.get("/a", wish) }
        #expect(error?.slug == "not-cached" && error?.kind == .timeout && origin.count == 0)
        guard case .unsatisfiable = fixture.route().lookup(CacheFixture.request("/a", wish), now: .zero) else {
            return #expect(Bool(false), "nothing is kept")
        }
        _ = try await fixture.get()
        #expect(try await fixture.get("/a", wish).text == "body 1")
    }

    @Test("a range, and a condition on changes, go past the cache")
    func passed() async throws {
        tagged()
        _ = try await fixture.get()
        #expect(try await fixture.get("/a", [.range: "bytes=0-1"]).course == "gateway; fwd=bypass")
        _ = try await fixture.get("/a", [.ifMatch: "\"v1\""])
        #expect(origin.count == 3)
    }
}
