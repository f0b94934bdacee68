internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Token bucket") struct TokenBucketTests {
    @Test("the burst passes at once, then one for every interval")
    func burstThenRate() {
        let limit = TokenBucket.Limit(60, per: .seconds(60), burst: 5)
        var bucket = TokenBucket()
        let first = (0..<6).map { _ in bucket.take(limit: limit, now: .seconds(1)) }
        #expect(first.map(\.isAllowed) == [true, true, true, true, true, false])
        #expect(first.map(\.remaining) == [4, 3, 2, 1, 0, 0])
        #expect(first[5].retryAfter == .seconds(1))
        #expect(first[5].fullAfter == .seconds(5))
        #expect(!bucket.take(limit: limit, now: .milliseconds(1999)).isAllowed)
        #expect(bucket.take(limit: limit, now: .seconds(2)).isAllowed)
        #expect(!bucket.take(limit: limit, now: .seconds(2)).isAllowed)
    }

    @Test("a pause fills it to the brim and no further")
    func pause() {
        let limit = TokenBucket.Limit(10, per: .seconds(1))
        var bucket = TokenBucket()
        for hour in 0..<3 {
            let allowed = (0..<100).count { _ in bucket.take(limit: limit, now: .seconds(3600 * hour)).isAllowed }
            #expect(allowed == 10)
        }
    }

    @Test("several tokens at once are taken all or not at all; more than fit, never")
    func several() {
        let limit = TokenBucket.Limit(10, per: .seconds(1))
        var bucket = TokenBucket()
        #expect(bucket.take(7, limit: limit, now: .zero).remaining == 3)
        let refused = bucket.take(4, limit: limit, now: .zero)
        #expect(!refused.isAllowed && refused.remaining == 3 && refused.retryAfter == .milliseconds(100))
        #expect(bucket.take(3, limit: limit, now: .zero).isAllowed)
        let never = bucket.take(11, limit: limit, now: .seconds(9))
        #expect(!never.isAllowed && never.retryAfter == nil && never.remaining == 10)
    }

    @Test("a limit that gets smaller takes effect at once and punishes nobody for the past")
    func smallerLimit() {
        var bucket = TokenBucket()
        _ = bucket.take(1000, limit: TokenBucket.Limit(1000, per: .seconds(60)), now: .zero)
        let small = TokenBucket.Limit(10, per: .seconds(1), burst: 2)
        let refused = bucket.take(limit: small, now: .zero)
        #expect(!refused.isAllowed && refused.retryAfter == .milliseconds(100))
        #expect(bucket.take(limit: small, now: .milliseconds(100)).isAllowed)
    }

    @Test("over any time it lets through no more than the burst and the rate, and no less when asked all the time",
        arguments: [UInt64(1), 2, 3])
    func againstModel(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let limit = TokenBucket.Limit(
            random.int(in: 1...500), per: .seconds(random.int(in: 1...60)), burst: random.int(in: 1...50))
        // The obvious bucket: tokens as a fraction, topped up at every look.
        let perNanosecond = 1 / Double(limit.per.microseconds * 1000 / Int64(limit.tokens))
        var tokens = Double(limit.burst)
        var bucket = TokenBucket()
        var now = Duration.zero
        for _ in 0..<5000 {
            let step = random.int(in: 0...400_000) * 1000 + 500
            now += .nanoseconds(step)
            tokens = min(Double(limit.burst), tokens + Double(step) * perNanosecond)
            let decision = bucket.take(limit: limit, now: now)
            if decision.isAllowed { tokens -= 1 }
            #expect(tokens > -1e-6, "it gave what was not there")
            #expect(decision.isAllowed || tokens < 1 + 1e-6, "it kept back what was there")
        }
    }

    @Test("wrong limits are named", arguments: [
        (TokenBucket.Limit(0, per: .seconds(1)), "limit.tokens"), (.init(1, per: .zero), "limit.per"),
        (.init(1, per: .seconds(1), burst: 0), "limit.burst"),
    ])
    func problems(limit: TokenBucket.Limit, key: String) {
        #expect(limit.problems().contains { $0.hasPrefix(key) })
    }
}
