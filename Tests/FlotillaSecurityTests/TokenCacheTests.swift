internal import FlotillaCore
internal import Testing

@testable internal import FlotillaSecurity

@Suite struct TokenCacheTests {
    @Test("a token found valid needs no key again, and ends when it expires")
    func cachedUntilExpiry() async throws {
        let bench = try TokenBench()
        let token = try await bench.issue(lifetime: .seconds(60))
        _ = try await bench.verifier.verify(token)
        bench.source.fail(true)
        bench.time.advance(by: .seconds(59))
        #expect(try await bench.refusal(token) == nil)
        bench.time.advance(by: .seconds(1))
        #expect(try await bench.refusal(token)?.detail.contains("expired") == true)
        #expect(try await bench.refusal(token)?.detail.contains("expired") == true)
        #expect(bench.source.calls == 1)
    }

    @Test("an unknown key causes one fetch, then none for half a minute")
    func unknownKeyIsRateLimited() async throws {
        let bench = try TokenBench()
        let other = try Keys.second.get()
        let header = #"{"alg":"RS256","kid":"\#(other.id)"}"#
        for _ in 0..<5 {
            let refusal = try await bench.refusal(bench.sign(header: header, claims: bench.claims(), key: other))
            #expect(refusal?.slug == "invalid-token")
        }
        #expect(bench.source.calls == 2)  // the first load, and one for the unknown name
        bench.time.advance(by: .seconds(30))
        _ = try await bench.refusal(bench.sign(header: header, claims: bench.claims(), key: other))
        #expect(bench.source.calls == 3)
    }

    @Test("a new key is found when the first token names it; dropping the old one ends its cached tokens")
    func rotation() async throws {
        let bench = try TokenBench()
        let old = try await bench.issue()
        #expect(try await bench.refusal(old) == nil)
        let rotated = TokenIssuer(
            issuer: TokenBench.issuer, audience: TokenBench.audience, key: try Keys.second.get(),
            retired: [bench.key], world: bench.world)
        bench.source.answer(rotated.jwksJSON)
        let new = try await rotated.issue(principal: Principal(id: "u2", role: .admin), lifetime: .seconds(900))
        #expect(try await bench.refusal(new) == nil)
        #expect(try await bench.refusal(old) == nil)

        let withoutOld = TokenIssuer(
            issuer: TokenBench.issuer, audience: TokenBench.audience, key: try Keys.second.get(), world: bench.world)
        bench.source.answer(withoutOld.jwksJSON)
        bench.time.advance(by: .seconds(60))
        let unknown = #"{"alg":"RS256","kid":"unheard-of"}"#
        #expect(try await bench.refusal(bench.sign(header: unknown, claims: bench.claims()))?.slug == "invalid-token")
        #expect(try await bench.refusal(old)?.slug == "invalid-token")
        #expect(try await bench.refusal(new) == nil)
    }

    @Test("without keys the answer is 503, and asking again is possible a second later")
    func noKeys() async throws {
        let bench = try TokenBench()
        bench.source.fail(true)
        let token = try await bench.issue()
        for _ in 0..<3 {
            let refusal = try await bench.refusal(token)
            #expect(refusal?.kind == .unavailable)
            #expect(refusal?.slug == "token-keys-unavailable")
        }
        #expect(bench.source.calls == 1)
        bench.source.fail(false)
        bench.time.advance(by: .seconds(1))
        #expect(try await bench.refusal(token) == nil)
    }

    @Test("known keys stay in use while the issuer is away")
    func staleKeys() async throws {
        var limits = TokenVerifier.Limits()
        limits.cachedTokensMax = 1
        let bench = try TokenBench(limits: limits)
        _ = try await bench.verifier.verify(bench.issue())
        bench.time.advance(by: .seconds(7200))
        bench.source.fail(true)
        #expect(try await bench.refusal(bench.issue()) == nil)
        #expect(bench.source.calls == 2)
    }

    @Test("callers that come at once share one fetch")
    func oneFetch() async throws {
        let bench = try TokenBench()
        let token = try await bench.issue()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = try await bench.verifier.verify(token) } }
            try await group.waitForAll()
        }
        #expect(bench.source.calls == 1)
    }

    @Test("key sets that are none, and keys nobody should trust", arguments: [
        "", "{}", "[]", #"{"keys":[{"kty":"RSA","kid":"KID","n":"AQAB","e":"AQAB"}]}"#,
        #"{"keys":[{"kty":"EC","kid":"KID"}]}"#,
        #"{"keys":[{"kty":"RSA","use":"enc","kid":"KID","n":"N","e":"AQAB"}]}"#,
        #"{"keys":[{"kty":"RSA","alg":"RS512","kid":"KID","n":"N","e":"AQAB"}]}"#,
    ])
    func badKeySets(json: String) async throws {
        let bench = try TokenBench()
        let text = json.replacing("KID", with: bench.key.id).replacing("\"N\"", with: "\"\(bench.key.modulus)\"")
        bench.source.answer(Array(text.utf8))
        #expect(try await bench.refusal(bench.issue()) != nil)
    }

    @Test("the cache keeps what was used last")
    func leastRecentlyUsed() {
        var cache = LRUCache<Int, String>(countMax: 3)
        for key in 1...3 { cache.insert("\(key)", for: key) }
        #expect(cache.value(for: 1) == "1")
        cache.insert("4", for: 4)
        #expect(cache.value(for: 2) == nil)
        #expect(cache.value(for: 1) == "1")
        cache.remove(3)
        cache.insert("5", for: 5)
        cache.insert("4b", for: 4)
        #expect(cache.count == 3)
        #expect([1, 4, 5].map { cache.value(for: $0) } == ["1", "4b", "5"])
    }

    @Test("the cache agrees with a simple model", arguments: 1...5)
    func model(seed: Int) {
        let random = SeededRandom(seed: UInt64(seed))
        var cache = LRUCache<Int, Int>(countMax: 4)
        var model: [(key: Int, value: Int)] = []  // most recent last
        for step in 0..<2_000 {
            let key = random.int(in: 0...7)
            let index = model.firstIndex { $0.key == key }
            switch random.int(in: 0...9) {
            case 0...4:
                if let index { model.remove(at: index) } else if model.count == 4 { model.removeFirst() }
                model.append((key, step))
                cache.insert(step, for: key)
            case 5...7:
                #expect(cache.value(for: key) == index.map { model[$0].value })
                if let index { model.append(model.remove(at: index)) }
            default:
                if let index { model.remove(at: index) }
                cache.remove(key)
            }
            #expect(cache.count == model.count)
        }
    }
}
