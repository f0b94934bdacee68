internal import FlotillaCore
@testable internal import FlotillaGateway
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

@Suite("Old answers while new ones are fetched, or cannot be (RFC 5861)", .timeLimit(.minutes(5))) struct StaleTests {
    private let fixture = CacheFixture()
    private var origin: Origin { fixture.origin }

    @Test("an old answer is given at once; one new one is fetched meanwhile, then that is given")
    func whileRevalidate() async throws {
        let gate = Gate()
        origin.answer { _, number in
            if number > 1 { await gate.wait() }
            return Response(
                .ok, headers: [.cacheControl: "max-age=10, stale-while-revalidate=60"],
                body: .bytes(Array("\(number)".utf8)))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await fixture.revalidations.run() }
            _ = try await fixture.get()
            fixture.time.advance(by: .seconds(12))
            for _ in 0..<5 {
                let old = try await fixture.get()
                #expect(old.text == "1" && old.course == "gateway; hit; ttl=-2; detail=stale-while-revalidate")
            }
            await Gate.until { gate.count == 1 }
            #expect(origin.count == 2, "one for all of them")
            gate.open()
            await Gate.until { fixture.cache.counts.stored == 2 }
            #expect(try await fixture.get().text == "2")
            group.cancelAll()
        }
        #expect(fixture.cache.counts.stale == 5)
    }

    @Test("on a loop's thread one of all is told to fetch; when it does not, the next one is")
    func ticket() async throws {
        origin.answer([.cacheControl: "max-age=10, stale-while-revalidate=60"])
        _ = try await fixture.get()
        let route = fixture.route()
        let now = Duration.seconds(11)
        do {
            guard case .stale(_, let ticket) = route.lookup(CacheFixture.request(), now: now) else {
                return #expect(Bool(false), "the first is the one")
            }
            guard case .hit = route.lookup(CacheFixture.request(), now: now) else {
                return #expect(Bool(false), "the second is not")
            }
            withExtendedLifetime(ticket) {}
        }
        guard case .stale(_, let ticket) = route.lookup(CacheFixture.request(), now: now) else {
            return #expect(Bool(false), "the first has given up")
        }
        fixture.time.advance(by: now)
        let origin = origin
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await fixture.revalidations.run() }
            var request = CacheFixture.request("/a", [.ifNoneMatch: "\"x\"", .cacheControl: "max-age=99"])
            request.deadline = Deadline(uptime: .seconds(1))
            route.revalidate(ticket, request) { try await origin.answer($0) }
            await Gate.until { fixture.cache.counts.stored == 2 }
            group.cancelAll()
        }
        let asked = origin.requests[1]
        #expect(asked.headers[.ifNoneMatch] == nil && asked.headers[.cacheControl] == nil && asked.deadline == nil)
        guard case .hit = route.lookup(CacheFixture.request(), now: now) else {
            return #expect(Bool(false), "it is fresh again")
        }
    }

    @Test("a revalidation that fails leaves the old answer, and the next request tries again")
    func failedRevalidation() async throws {
        origin.answer([.cacheControl: "max-age=10, stale-while-revalidate=60"])
        _ = try await fixture.get()
        fixture.time.advance(by: .seconds(11))
        origin.answer { _, _ in throw ServiceError.unavailable("origin") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await fixture.revalidations.run() }
            for round in 2...4 {
                let old = try await fixture.get()
                #expect(old.text == "/a 1")
                await Gate.until { origin.count >= round }
                // The ticket is let go a moment after the failure.
                await Gate.until { canFetch() }
            }
            group.cancelAll()
        }
    }

    /// Whether the next request would be the one to fetch a new answer; it is not taken up.
    private func canFetch() -> Bool {
        if case .stale = fixture.route().lookup(CacheFixture.request(), now: fixture.time.uptime) { return true }
        return false
    }

    @Test("a stream is kept by a revalidation, though nobody reads it")
    func streamed() async throws {
        origin.answer { _, number in
            Response(
                .ok, headers: [.cacheControl: "max-age=10, stale-while-revalidate=60"],
                body: .stream { try await $0.write(Array("\(number)".utf8)) })
        }
        _ = try await fixture.get().collect()
        fixture.time.advance(by: .seconds(11))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await fixture.revalidations.run() }
            let old = try await fixture.get()
            #expect(old.text == "1")
            await Gate.until { fixture.cache.counts.stored == 2 }
            group.cancelAll()
        }
        #expect(try await fixture.get().text == "2")
    }

    @Test(
        "an error is replaced by an old answer while that is allowed",
        arguments: [
            ("max-age=10, stale-if-error=60", 30, true), ("max-age=10, stale-if-error=60", 71, false),
            ("max-age=10", 30, false), ("max-age=10, must-revalidate, stale-if-error=60", 30, false),
        ])
    func ifError(control: String, age: Int, isReplaced: Bool) async throws {
        origin.answer([.cacheControl: control])
        _ = try await fixture.get()
        fixture.time.advance(by: .seconds(age))
        origin.answer([:], status: .badGateway)
        let answer = try await fixture.get()
        #expect(answer.status == (isReplaced ? .ok : .badGateway))
        if isReplaced {
            #expect(answer.course == "gateway; fwd=stale; fwd-status=502; ttl=\(10 - age); detail=stale-if-error")
        }
        origin.answer { _, _ in throw ServiceError.unavailable("origin") }
        if isReplaced {
            #expect(try await fixture.get().course.hasSuffix("detail=unavailable"))
        } else {
            await #expect(throws: ServiceError.self) { try await fixture.get() }
        }
        origin.answer { _, _ in throw ServiceError.notFound("thing") }
        await #expect(throws: ServiceError.self, "that is no failure") { try await fixture.get() }
        origin.answer([:], status: .notFound)
        #expect(try await fixture.get().status == .notFound)
    }

    @Test("a route allows it for answers that say nothing")
    func byRoute() async throws {
        var plan = CachePlan()
        plan.staleIfError = .seconds(60)
        _ = try await fixture.get(plan: plan)
        #expect(try await fixture.get(plan: plan).text == "/a 2", "they are never fresh")
        fixture.time.advance(by: .seconds(59))
        origin.answer([:], status: .internalServerError)
        #expect(try await fixture.get(plan: plan).text == "/a 2")
        fixture.time.advance(by: .seconds(1))
        #expect(try await fixture.get(plan: plan).status == .internalServerError)
    }
}
