internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Rate limiter table") struct RateLimiterTableTests {
    private let time = ManualTime()

    @Test("each key has a limiter of its own", arguments: RateLimit.Kind.allCases)
    func keys(kind: RateLimit.Kind) {
        let limit = RateLimit(kind, 1, per: .seconds(60), queue: 0)
        let table = RateLimiterTable<String>(keysMax: 100, time: time)
        #expect(table.take(key: "ada", limit: limit).isAllowed)
        #expect(!table.take(key: "ada", limit: limit).isAllowed)
        #expect(table.take(key: "grace", limit: limit).isAllowed)
        time.advance(by: .seconds(120))
        #expect(table.take(key: "ada", limit: limit).isAllowed)
    }

    @Test("any number of keys fits into the memory it was given", arguments: RateLimit.Kind.allCases)
    func bounded(kind: RateLimit.Kind) {
        let limit = RateLimit(kind, 1, per: .seconds(60))
        let table = RateLimiterTable<Int>(keysMax: 100, time: time)
        for key in 0..<10_000 {
            _ = table.take(key: key, limit: limit)
            #expect(table.count <= 100)
        }
    }

    @Test("a key in use keeps its limiter while others come and go", arguments: RateLimit.Kind.allCases)
    func inUse(kind: RateLimit.Kind) {
        let limit = RateLimit(kind, 1, per: .seconds(60), queue: 0)
        let table = RateLimiterTable<Int>(keysMax: 100, time: time)
        _ = table.take(key: -1, limit: limit)
        for key in 0..<10_000 {
            _ = table.take(key: key, limit: limit)
            if key % 40 == 0 { #expect(!table.take(key: -1, limit: limit).isAllowed) }
        }
    }

    @Test("the logs of many keys together remember no more than they may")
    func logs() {
        let limit = RateLimit(.slidingLog, 5_000, per: .seconds(60))
        let table = RateLimiterTable<Int>(keysMax: 1_000, passingsMax: 40_000, time: time)
        for round in 0..<40 {
            for key in 0..<100 {
                _ = table.take(100, key: key, limit: limit)
                if key % 10 == 0 { #expect(table.passings <= 40_000 + 2 * 5_000) }
            }
            #expect(table.count <= 100, "in round \(round)")
        }
    }

    @Test("one key's log is exact to the last of ten thousand")
    func longLog() {
        let limit = RateLimit(.slidingLog, RateLimit.logMax, per: .seconds(60))
        let table = RateLimiterTable<Int>(keysMax: 10, time: time)
        var allowed = 0
        for _ in 0..<12_000 {
            time.advance(by: .milliseconds(1))
            if table.take(key: 1, limit: limit).isAllowed { allowed += 1 }
        }
        #expect(allowed == RateLimit.logMax)
        #expect(table.passings <= RateLimit.logMax)
    }
}
