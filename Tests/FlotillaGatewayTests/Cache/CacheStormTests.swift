internal import FlotillaCore
@testable internal import FlotillaGateway
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

@Suite("Many requests at once", .timeLimit(.minutes(5))) struct CacheStormTests {
    /// One of a hundred requests, by chance: seven things, two languages, three callers.
    private static func request(_ random: SeededRandom) -> Request {
        var headers: HTTPFields = [.acceptLanguage: random.int(in: 0...1) == 0 ? "de" : "en"]
        switch random.int(in: 0...5) {
        case 0: headers[.authorization] = "ann"
        case 1: headers[.cookie] = "bob"
        case 2: headers[.cacheControl] = ["no-cache", "max-age=0", "no-store", "max-stale"][random.int(in: 0...3)]
        default: break
        }
        let target = ["/p?x=1", "/p?x=2", "/p", "/q", "/r/1", "/r/2", "/s"][random.int(in: 0...6)]
        return CacheFixture.request(target, headers, method: random.int(in: 0...9) == 0 ? .put : .get)
    }

    /// What an origin says to whom: every answer names all it depends on.
    private static func answer(_ request: Request, _ random: SeededRandom) -> Response {
        let caller = request.headers[.authorization] ?? request.headers[.cookie]
        let isForAll = request.path == "/q"
        var text = "\(request.target) \(request.headers[.acceptLanguage] ?? "-")"
        if !isForAll { text += " for \(caller ?? "nobody")" }
        var headers: HTTPFields = [.vary: "Accept-Language", .eTag: "\"\(text)\""]
        let life = ["max-age=1", "max-age=3, stale-while-revalidate=5", "no-cache", "private, max-age=9"]
        headers[.cacheControl] = life[random.int(in: 0...3)]
        if isForAll { headers[.cacheControl] = "public, max-age=2, stale-if-error=4" }
        if request.headers[.ifNoneMatch] == headers[.eTag] { return Response(.notModified, headers: headers) }
        let bytes = Array(text.utf8)
        guard random.int(in: 0...2) == 0 else { return Response(.ok, headers: headers, body: .bytes(bytes)) }
        return Response(.ok, headers: headers, body: .stream { writer in
            for byte in bytes { try await writer.write([byte]) }
        })
    }

    private static func expected(_ request: Request) -> String {
        let caller = request.headers[.authorization] ?? request.headers[.cookie] ?? "nobody"
        let text = "\(request.target) \(request.headers[.acceptLanguage] ?? "-")"
        return request.path == "/q" ? text : "\(text) for \(caller)"
    }

    @Test("everybody gets what was asked for, and nobody what is another's")
    func storm() async throws {
        var store = CacheStorePlan()
        (store.bytesMax, store.answerBytesMax) = (64 << 10, 4 << 10)
        let fixture = CacheFixture(store)
        let chance = SeededRandom(seed: 23)
        fixture.origin.answer { request, _ in
            for _ in 0..<chance.int(in: 0...3) { await Task.yield() }
            guard chance.int(in: 0...19) != 0 else { throw ServiceError.unavailable("origin") }
            return Self.answer(request, chance)
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await fixture.revalidations.run() }
            await withTaskGroup(of: Void.self) { clients in
                for client in 0..<8 { clients.addTask { await Self.work(fixture, SeededRandom(seed: UInt64(client))) } }
            }
            group.cancelAll()
        }
        let counts = fixture.cache.counts
        #expect(counts.hits > 100 && counts.stale > 0 && counts.misses > 100 && counts.revalidated > 10)
        #expect(counts.bytes <= store.bytesMax && counts.waiting == 0)
        #expect(fixture.cache.reserve(store.bytesMax), "nothing is being collected any more")
    }

    private static func work(_ fixture: CacheFixture, _ random: SeededRandom) async {
        let origin = fixture.origin
        for _ in 0..<400 {
            let request = request(random)
            if random.int(in: 0...9) == 0 { fixture.time.advance(by: .milliseconds(700)) }
            // A failure of the origin is no answer, and so none that could be wrong.
            guard let answer = try? await fixture.route().answer(to: request, { try await origin.answer($0) }),
                let bytes = try? await answer.collect()
            else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            if text != expected(request) { Issue.record("\(text) instead of \(expected(request)): \(answer.course)") }
        }
    }
}
