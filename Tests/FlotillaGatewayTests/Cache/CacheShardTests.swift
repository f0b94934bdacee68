internal import FlotillaCore
@testable internal import FlotillaGateway
internal import FlotillaHTTP
internal import HTTPTypes
internal import Testing

@Suite("What is kept is bounded") struct CacheShardTests {
    private func answer(_ bytes: Int, _ variant: String = "") -> StoredAnswer {
        let exchange = Freshness.Exchange(asked: .zero, answered: .zero, clock: 0)
        return StoredAnswer(
            .ok, [:], [UInt8](repeating: 0, count: bytes),
            Freshness([:], CacheControl("max-age=60"), CachePlan(), exchange, ttl: nil, isHeuristic: true), [],
            CacheVariant(scope: "r", names: ["x"]) { _ in variant }, clock: 0)
    }

    private func key(_ number: Int) -> CacheKey { CacheKey(host: "h", path: "/\(number)", query: "") }

    private func has(_ shard: CacheShard, _ number: Int, _ variant: String = "") -> Int? {
        if case .answer(_, let slot) = shard.find(key(number), "r", [], { _ in variant }) { return slot }
        return nil
    }

    @Test("the one that was used longest ago goes first")
    func leastRecent() throws {
        let size = answer(1_000).size
        var shard = CacheShard(bytesMax: 3 * size + 100)
        for number in 1...3 { shard.put(key(number), answer(1_000)) { _ in "" } }
        shard.touch(try #require(has(shard, 1)))
        shard.put(key(4), answer(1_000)) { _ in "" }
        #expect((1...4).map { has(shard, $0) != nil } == [true, false, true, true])
        shard.put(key(5), answer(1_000)) { _ in "" }
        #expect((1...5).map { has(shard, $0) != nil } == [true, false, false, true, true])
        #expect(shard.counts.evicted == 2 && shard.counts.answers == 3)
    }

    @Test("an answer takes the place of the one before it; a larger one than all is not taken")
    func replaced() {
        var shard = CacheShard(bytesMax: 10_000)
        shard.put(key(1), answer(5_000)) { _ in "" }
        shard.put(key(1), answer(100)) { _ in "" }
        #expect(shard.counts.answers == 1 && shard.counts.bytes < 1_500)
        let isTaken = shard.put(key(1), answer(20_000)) { _ in "" }
        #expect(!isTaken && has(shard, 1) != nil)
    }

    @Test("one key has so many variants at most")
    func variants() {
        var shard = CacheShard(bytesMax: 10_000_000)
        for number in 0..<100 { shard.put(key(1), answer(10, "\(number)")) { _ in "\(number)" } }
        #expect(shard.counts.answers == CacheShard.variantsMax)
        #expect(has(shard, 1, "99") != nil && has(shard, 1, "0") == nil)
        #expect(shard.removeAll(key(1)) == CacheShard.variantsMax)
        #expect(shard.counts.bytes == 0 && shard.counts.answers == 0)
    }

    @Test("whatever is done to it, it counts what is in it and stays within its bound")
    func random() {
        let random = SeededRandom(seed: 7)
        var shard = CacheShard(bytesMax: 60_000)
        for _ in 0..<20_000 {
            let number = random.int(in: 0...60)
            let variant = String(random.int(in: 0...3))
            switch random.int(in: 0...9) {
            case 0...5: shard.put(key(number), answer(random.int(in: 0...4_000), variant)) { _ in variant }
            case 6...7: if let slot = has(shard, number, variant) { shard.touch(slot) }
            default: shard.removeAll(key(number))
            }
            guard shard.counts.bytes <= 60_000, shard.counts.answers >= 0 else {
                Issue.record("\(shard.counts)")
                return
            }
        }
        for number in 0...60 { shard.removeAll(key(number)) }
        #expect(shard.counts.bytes == 0 && shard.counts.answers == 0)
    }

    @Test("streams that are too long are passed on and not kept, nor is more collected than may be kept")
    func streams() async throws {
        var store = CacheStorePlan()
        (store.bytesMax, store.answerBytesMax) = (100_000, 10_000)
        let fixture = CacheFixture(store)
        let cache = fixture.cache
        fixture.origin.answer { _, _ in
            Response(.ok, headers: [.cacheControl: "max-age=60"], body: .stream { writer in
                for _ in 0..<3 { try await writer.write([UInt8](repeating: 1, count: 4_000)) }
                #expect(cache.reserve(100_000), "what is too long takes no room any more")
                cache.release(100_000)
            })
        }
        #expect(try await fixture.get().collect().count == 12_000)
        #expect(fixture.cache.counts.answers == 0)
        #expect(fixture.cache.reserve(100_000) && !fixture.cache.reserve(1), "all room is free again")
        fixture.origin.answer([.cacheControl: "max-age=60"])
        _ = try await fixture.get("/b")
        #expect(fixture.cache.counts.answers == 1)
    }

    @Test("a stream that breaks off is not kept")
    func broken() async throws {
        let fixture = CacheFixture()
        fixture.origin.answer { _, _ in
            Response(.ok, headers: [.cacheControl: "max-age=60"], body: .stream { writer in
                try await writer.write([1])
                throw ServiceError.unavailable("origin")
            })
        }
        let answer = try await fixture.get()
        await #expect(throws: ServiceError.self) { try await answer.collect() }
        #expect(fixture.cache.counts.answers == 0)
    }

    @Test("many answers stay within the bound of all")
    func whole() async throws {
        var store = CacheStorePlan()
        (store.bytesMax, store.answerBytesMax) = (1 << 20, 4 << 10)
        let fixture = CacheFixture(store)
        fixture.origin.answer { _, _ in
            Response(.ok, headers: [.cacheControl: "max-age=60"], body: .bytes([UInt8](repeating: 1, count: 3_000)))
        }
        for number in 0..<2_000 { _ = try await fixture.get("/\(number)") }
        let counts = fixture.cache.counts
        #expect(counts.bytes <= 1 << 20 && counts.bytes > 1 << 19 && counts.answers + counts.evicted == 2_000)
        #expect(try await fixture.get("/1999").course.hasPrefix("gateway; hit"))
    }
}
