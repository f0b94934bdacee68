internal import FlotillaCore
@testable internal import FlotillaGateway
internal import FlotillaHTTP
internal import HTTPTypes
internal import Synchronization
internal import Testing

@Suite("One request for all that want the same", .timeLimit(.minutes(5))) struct CoalescingTests {
    private let fixture = CacheFixture()
    private let gate = Gate()
    private var origin: Origin { fixture.origin }

    /// Sends `count` requests at once, opens the gate when all wait, and gives what they got.
    private func together(
        _ count: Int, waiting: Int? = nil, _ request: @escaping @Sendable (Int) async throws -> String
    ) async throws -> [String] {
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<count { group.addTask { try await request(number) } }
            await Gate.until { fixture.cache.counts.waiting == waiting ?? count - 1 && gate.count == 1 }
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Only the first request is held up.
    private func answer(_ headers: HTTPFields) {
        let gate = gate
        origin.answer { _, number in
            if number == 1 { await gate.wait() }
            try Task.checkCancellation()
            return Response(.ok, headers: headers, body: .bytes(Array("\(number)".utf8)))
        }
    }

    @Test("a hundred requests for one thing are one")
    func one() async throws {
        answer([.cacheControl: "max-age=60"])
        let courses = Mutex<[String]>([])
        let answers = try await together(100) { _ in
            let answer = try await fixture.get()
            courses.withLock { $0.append(answer.course) }
            return answer.text
        }
        #expect(answers == Array(repeating: "1", count: 100) && origin.count == 1)
        let collapsed = courses.withLock { $0.filter { $0 == "gateway; fwd=uri-miss; collapsed; ttl=60" } }
        #expect(collapsed.count == 99)
        let counts = fixture.cache.counts
        #expect(counts.coalesced == 99 && counts.hits == 99 && counts.misses == 1 && counts.waiting == 0)
    }

    @Test("other things are not waited for")
    func others() async throws {
        answer([.cacheControl: "max-age=60"])
        async let first = fixture.get()
        await Gate.until { gate.count == 1 }
        #expect(try await fixture.get("/b").text == "2")
        #expect(try await fixture.get("/a", scope: "other").text == "3")
        #expect(try await fixture.get("/a", [.authorization: "x"]).text == "4")
        #expect(try await fixture.get("/a", [.cacheControl: "no-store"]).text == "5")
        gate.open()
        #expect(try await first.text == "1")
    }

    @Test("when the answer may not be kept, those who waited ask for themselves, all at once, and nobody waits again")
    func notKept() async throws {
        let second = Gate()
        let gate = gate
        origin.answer { _, number in
            await (number == 1 ? gate : second).wait()
            return Response(.ok, headers: [.cacheControl: "private"], body: .bytes(Array("\(number)".utf8)))
        }
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<10 { group.addTask { try await fixture.get().text } }
            await Gate.until { fixture.cache.counts.waiting == 9 }
            gate.open()
            // All nine are there at the same time, or this would wait for ever.
            await Gate.until { second.count == 9 }
            // These two as well, though one could wait for the other.
            for _ in 0..<2 { group.addTask { try await fixture.get().text } }
            await Gate.until { second.count == 11 }
            second.open()
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(Set(answers).count == 12, "nobody got what is another's")
        #expect(fixture.cache.counts.coalesced == 0)
    }

    @Test("when the first fails, the others ask for themselves")
    func failed() async throws {
        let gate = gate
        origin.answer { _, number in
            if number == 1 {
                await gate.wait()
                throw ServiceError.unavailable("origin")
            }
            return Response(.ok, headers: [.cacheControl: "max-age=60"], body: .bytes([1]))
        }
        let answers = try await together(10) { _ in
            do { return try await fixture.get().text } catch { return "failed" }
        }
        #expect(answers.filter { $0 == "failed" }.count == 1 && origin.count >= 2)
    }

    @Test("the first one's client goes away: the others do not fail with it")
    func cancelled() async throws {
        answer([.cacheControl: "max-age=60"])
        try await withThrowingTaskGroup(of: String?.self) { group in
            let leader = LeaderTask(fixture, gate)
            group.addTask { await leader.run() }
            await Gate.until { gate.count == 1 }
            group.addTask { try await fixture.get().text }
            await Gate.until { fixture.cache.counts.waiting == 1 }
            leader.leave()
            let answers = try await group.reduce(into: [String?]()) { $0.append($1) }
            #expect(answers.compactMap { $0 } == ["2"])
        }
    }

    /// A request whose client leaves while it is under way.
    private final class LeaderTask: Sendable {
        private let fixture: CacheFixture
        private let left = Gate()

        init(_ fixture: CacheFixture, _ gate: Gate) { self.fixture = fixture }

        func leave() { left.open() }

        func run() async -> String? {
            await withTaskGroup(of: Void.self) { group in
                let fixture = fixture
                // A request that is broken off fails, which is what is wanted here.
                group.addTask { _ = try? await fixture.request() }
                await left.wait()
                group.cancelAll()
            }
            return nil
        }
    }

    @Test("whoever waits has a deadline; the others go on waiting")
    func deadline() async throws {
        answer([.cacheControl: "max-age=60"])
        async let first = fixture.get()
        await Gate.until { gate.count == 1 }
        let origin = origin
        var hurried = CacheFixture.request()
        hurried.deadline = Deadline(in: .seconds(1), on: fixture.time)
        let request = hurried
        async let second = fixture.route().answer(to: request) { try await origin.answer($0) }
        async let third = fixture.get()
        await Gate.until { fixture.cache.counts.waiting == 2 && fixture.time.sleeperCount == 2 }
        fixture.time.advance(by: .seconds(1))
        do {
            _ = try await second
            Issue.record("it had no time")
        } catch let error as ServiceError {
            #expect(error.kind == .timeout)
        }
        #expect(fixture.cache.counts.waiting == 1)
        gate.open()
        #expect(try await first.text == "1")
        #expect(try await third.text == "1")
    }

    @Test("nobody waits longer than five seconds for another")
    func waitMax() async throws {
        answer([.cacheControl: "max-age=60"])
        async let first = fixture.get()
        await Gate.until { gate.count == 1 }
        async let second = fixture.get()
        await Gate.until { fixture.cache.counts.waiting == 1 && fixture.time.sleeperCount == 1 }
        fixture.time.advance(by: RouteCache.waitMax)
        #expect(try await second.text == "2")
        gate.open()
        _ = try await first
    }

    @Test("a slow client of a stream holds the others up for a quarter of a second")
    func slowClient() async throws {
        origin.answer { _, number in
            Response(
                .ok, headers: [.cacheControl: "max-age=60"],
                body: .stream { writer in try await writer.write(Array("\(number)".utf8)) })
        }
        let first = try await fixture.get()
        guard case .stream(let write) = first.body else { return #expect(Bool(false), "it is a stream") }
        let gate = gate
        async let sent: Void = write(SlowWriter(gate: gate))
        await Gate.until { gate.count == 1 }
        async let second = fixture.get()
        await Gate.until { fixture.cache.counts.waiting == 1 && fixture.time.sleeperCount == 2 }
        fixture.time.advance(by: RouteCache.streamWaitMax)
        #expect(String(decoding: try await second.collect(), as: UTF8.self) == "2")
        gate.open()
        try await sent
    }

    private struct SlowWriter: ResponseBodyWriter {
        let gate: Gate
        func write(_ bytes: [UInt8]) async throws { await gate.wait() }
    }

    @Test("an answer whose stream nobody reads frees those who wait")
    func droppedStream() async throws {
        let gate = gate
        origin.answer { _, number in
            if number == 1 { await gate.wait() }
            return Response(.ok, headers: [.cacheControl: "max-age=60"], body: .stream { _ in })
        }
        async let first = fixture.status()
        await Gate.until { gate.count == 1 }
        async let second = fixture.status()
        await Gate.until { fixture.cache.counts.waiting == 1 }
        gate.open()
        #expect(try await first == .ok)
        #expect(try await second == .ok)
        #expect(origin.count == 2)
    }

    @Test("more than may wait ask for themselves")
    func bounded() {
        var flights = CacheFlights()
        let subject = CacheFlights.Subject(
            key: CacheKey(host: "h", path: "/", query: ""), scope: "", look: "")
        let (_, bell) = AsyncStream.makeStream(of: Never.self)
        guard case .lead(let id) = flights.join(subject, bell, .zero) else {
            return #expect(Bool(false), "the first one leads")
        }
        for _ in 0..<CacheFlights.waitersMax {
            guard case .wait = flights.join(subject, bell, .zero) else { return #expect(Bool(false), "there is room") }
        }
        guard case .alone = flights.join(subject, bell, .zero) else { return #expect(Bool(false), "there is none") }
        #expect(flights.end(subject, id + 1).isEmpty, "that one leads nothing")
        #expect(flights.end(subject, id).count == CacheFlights.waitersMax && flights.waiting == 0)
    }
}

extension CacheFixture {
    fileprivate func request() async throws -> Response { try await get() }

    /// Nothing is left of the answer when it returns.
    fileprivate func status() async throws -> HTTPResponse.Status { try await get().status }
}
