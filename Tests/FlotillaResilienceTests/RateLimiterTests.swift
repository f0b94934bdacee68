@testable internal import FlotillaResilience
internal import FlotillaCore
internal import Testing

/// What a rate limiter has to do, written the slow way: with everything that ever passed.
private struct NaiveLimiter {
    let limit: RateLimit
    private var passed: [Int64] = []
    private var level: Int64 = 0
    private var looked: Int64 = 0
    private var windowBegan: Int64?
    private var windows: (before: Int, now: Int) = (0, 0)

    init(_ limit: RateLimit) { self.limit = limit }

    private var per: Int64 { limit.per.nanoseconds }
    private var each: Int64 { per / Int64(limit.count) }

    mutating func take(_ count: Int, _ now: Int64) -> Bool {
        switch limit.algorithm {
        case .tokenBucket(let burst): return pour(count, burst, now)
        case .leakyBucket(let queue): return pour(count, queue + 1, now)
        case .fixedWindow:
            if let began = windowBegan, now >= began + per { windowBegan = nil }
            if windowBegan == nil { windows.now = 0 }
            guard windows.now + count <= limit.count else { return false }
            windowBegan = windowBegan ?? now
            windows.now += count
            return true
        case .slidingLog:
            guard passed.filter({ $0 > now - per }).count + count <= limit.count else { return false }
            passed += Array(repeating: now, count: count)
            return true
        case .slidingCounter:
            while let began = windowBegan, now >= began + per {
                windows = (windows.now, 0)
                windowBegan = windows == (0, 0) ? nil : began + per
            }
            if windows == (0, 0) { windowBegan = now }
            let share = Double(per - (now - windowBegan!)) / Double(per)
            guard Double(windows.before) * share + Double(windows.now + count) <= Double(limit.count) + 1e-9
            else { return false }
            windows.now += count
            return true
        }
    }

    /// A bucket with a hole: what runs out of it each nanosecond has to be there before.
    private mutating func pour(_ count: Int, _ size: Int, _ now: Int64) -> Bool {
        level = max(0, level - (now - looked))
        looked = now
        guard level + each * Int64(count) <= each * Int64(size) else { return false }
        level += each * Int64(count)
        return true
    }
}

@Suite("Rate limiters") struct RateLimiterTests {
    static let kinds = RateLimit.Kind.allCases

    private static func limit(_ kind: RateLimit.Kind, _ random: SeededRandom) -> RateLimit {
        let count = random.int(in: 1...40)
        return RateLimit(
            kind, count, per: .milliseconds(random.int(in: 10...5_000)), burst: random.int(in: 1...60),
            queue: random.int(in: 0...30))
    }

    /// Steps of all sizes: none, tiny ones, some of the window, several windows.
    private static func step(_ limit: RateLimit, _ random: SeededRandom) -> Int64 {
        let per = Int(limit.per.nanoseconds)
        return switch random.int(in: 0...9) {
        case 0...2: 0
        case 3...7: Int64(random.int(in: 0...(2 * per / limit.count)))
        case 8: Int64(random.int(in: 0...per))
        default: Int64(random.int(in: 0...(3 * per)))
        }
    }

    @Test("each decides as its obvious model does, at random", arguments: kinds, [UInt64(1), 2, 3, 4])
    func againstModel(kind: RateLimit.Kind, seed: UInt64) {
        let random = SeededRandom(seed: seed)
        for _ in 0..<30 {
            let limit = Self.limit(kind, random)
            var limiter = RateLimiter()
            var model = NaiveLimiter(limit)
            var now: Int64 = 1_000
            for _ in 0..<150 {
                now += Self.step(limit, random)
                let count = random.int(in: 0...3) == 0 ? random.int(in: 1...5) : 1
                let decision = limiter.take(count, limit: limit, now: .nanoseconds(now))
                let expected = model.take(count, now)
                #expect(decision.isAllowed == expected, "\(limit) at \(now)")
            }
        }
    }

    @Test("what it says of the future comes true to the nanosecond", arguments: kinds, [UInt64(1), 2, 3])
    func future(kind: RateLimit.Kind, seed: UInt64) {
        let random = SeededRandom(seed: seed)
        for _ in 0..<40 {
            let limit = Self.limit(kind, random)
            var limiter = RateLimiter()
            var fresh = RateLimiter()
            let most = fresh.take(limit: limit, now: .zero).remaining + 1
            var now = Duration.zero
            for _ in 0..<100 {
                now += .nanoseconds(Self.step(limit, random))
                let count = random.int(in: 1...max(1, min(most, 6)))
                let decision = limiter.take(count, limit: limit, now: now)
                func isAllowed(_ count: Int, after wait: Duration) -> Bool {
                    var copy = limiter
                    return copy.take(count, limit: limit, now: now + wait).isAllowed
                }
                if decision.remaining > 0 { #expect(isAllowed(decision.remaining, after: .zero)) }
                #expect(!isAllowed(decision.remaining + 1, after: .zero))
                #expect(isAllowed(most, after: decision.fullAfter), "\(limit) is not full again")
                guard !decision.isAllowed, let wait = decision.retryAfter else { continue }
                #expect(wait > .zero)
                #expect(isAllowed(count, after: wait), "\(limit) said \(wait)")
                #expect(!isAllowed(count, after: wait - .nanoseconds(1)), "\(limit) said \(wait)")
            }
            let never = limiter.take(most + 1, limit: limit, now: now)
            #expect(!never.isAllowed && never.retryAfter == nil)
        }
    }

    /// How many passed at most in any stretch of time as long as `per`, when everybody asks all the time.
    private static func most(_ limit: RateLimit, _ random: SeededRandom) -> Int {
        var limiter = RateLimiter()
        var passed: [Int64] = []
        var now: Int64 = 0
        for _ in 0..<600 {
            now += step(limit, random)
            var tries = random.int(in: 1...(limit.count + 5))
            while tries > 0 {
                let decision = limiter.take(limit: limit, now: .nanoseconds(now))
                if decision.isAllowed { passed.append(now + decision.delay.nanoseconds) }
                tries -= 1
            }
        }
        return passed.indices.map { first in
            passed[first...].prefix { $0 < passed[first] + limit.per.nanoseconds }.count
        }.max() ?? 0
    }

    @Test("no stretch of time sees more than is promised", arguments: [UInt64(1), 2, 3, 4, 5, 6])
    func bounds(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let (count, per) = (random.int(in: 1...30), Duration.milliseconds(random.int(in: 50...2_000)))
        #expect(Self.most(RateLimit(.slidingLog, count, per: per), random) <= count)
        // What still comes back within the time, rounded down tokens included.
        #expect(Self.most(RateLimit(.leakyBucket, count, per: per, queue: 50), random) <= count + 1)
        #expect(Self.most(RateLimit(count, per: per, burst: 7), random) <= count + 1 + 7)
        #expect(Self.most(RateLimit(.fixedWindow, count, per: per), random) <= 2 * count)
        #expect(Self.most(RateLimit(.slidingCounter, count, per: per), random) < 2 * max(count, 2))
    }

    @Test("the sliding counter is off by as much as it says: nearly double in the worst case, one on an even stream")
    func counterError() {
        let limit = RateLimit(.slidingCounter, 100, per: .seconds(10))
        var counter = RateLimiter()
        // One opens the window, the others come at its very end, and then as soon as they may.
        var passed = [Duration.zero]
        _ = counter.take(limit: limit, now: .zero)
        for _ in 0..<99 where counter.take(limit: limit, now: .milliseconds(9_999)).isAllowed {
            passed.append(.milliseconds(9_999))
        }
        for now in 10_000..<20_000 where counter.take(limit: limit, now: .milliseconds(now)).isAllowed {
            passed.append(.milliseconds(now))
        }
        let worst = passed.count { $0 >= .milliseconds(9_999) && $0 < .milliseconds(19_999) }
        #expect(worst > 190 && worst < 200)

        var even = RateLimiter()
        let refused = (0..<5_000).count { turn in
            !even.take(limit: limit, now: .milliseconds(turn * 100)).isAllowed
        }
        #expect(refused <= 50, "one in each window of a stream that is just what the limit allows")
    }

    @Test("the fixed window lets twice as many pass around a border, the sliding log does not")
    func border() {
        for (kind, expected) in [(RateLimit.Kind.fixedWindow, 19), (.slidingLog, 10)] {
            let limit = RateLimit(kind, 10, per: .seconds(1))
            var limiter = RateLimiter()
            _ = limiter.take(limit: limit, now: .zero)
            let before = (0..<20).count { _ in limiter.take(limit: limit, now: .milliseconds(999)).isAllowed }
            let after = (0..<20).count { _ in limiter.take(limit: limit, now: .milliseconds(1_000)).isAllowed }
            #expect(before + after == expected, "\(kind)")
        }
    }

    @Test("the leaky bucket hands out turns at an even rate, in order, and no more than its queue holds")
    func pacing() {
        let limit = RateLimit(.leakyBucket, 10, per: .seconds(1), queue: 3)
        var limiter = RateLimiter()
        let decisions = (0..<6).map { _ in limiter.take(limit: limit, now: .seconds(5)) }
        #expect(decisions.map(\.isAllowed) == [true, true, true, true, false, false])
        #expect(decisions.prefix(4).map(\.delay) == [.zero, .milliseconds(100), .milliseconds(200), .milliseconds(300)])
        #expect(decisions.map(\.remaining) == [3, 2, 1, 0, 0, 0])
        #expect(decisions[4].retryAfter == .milliseconds(100))
        let later = limiter.take(limit: limit, now: .milliseconds(5_150))
        #expect(later.isAllowed && later.delay == .milliseconds(250))
    }

    @Test("another limit takes effect with the next call, and another algorithm does no harm", arguments: kinds)
    func change(kind: RateLimit.Kind) {
        for other in Self.kinds {
            var limiter = RateLimiter()
            let wide = RateLimit(kind, 1_000, per: .seconds(60))
            let narrow = RateLimit(other, 3, per: .seconds(1), queue: 2)
            for _ in 0..<900 { _ = limiter.take(limit: wide, now: .seconds(1)) }
            let decisions = (0..<10).map { _ in limiter.take(limit: narrow, now: .milliseconds(1_500)) }
            #expect(decisions.count { $0.isAllowed } <= 3)
            #expect(limiter.take(3, limit: narrow, now: .seconds(62)).isAllowed, "\(kind) to \(other)")
        }
    }

    @Test("a clock that stands still gives nothing away", arguments: kinds)
    func frozen(kind: RateLimit.Kind) {
        let limit = RateLimit(kind, 5, per: .seconds(1), queue: 4)
        var limiter = RateLimiter()
        #expect((0..<10_000).count { _ in limiter.take(limit: limit, now: .seconds(3)).isAllowed } == 5)
    }

    @Test("wrong limits are named", arguments: [
        (RateLimit(0, per: .seconds(1)), "rateLimit.count"), (.init(1, per: .zero), "rateLimit.per"),
        (.init(1, per: .seconds(1), burst: 0), "rateLimit.burst"),
        (.init(1, per: .seconds(86_400), burst: 1_000_000), "rateLimit.burst"),
        (.init(.leakyBucket, 1, per: .seconds(1), queue: -1), "rateLimit.queue"),
        (.init(.slidingLog, 10_001, per: .seconds(1)), "rateLimit.count"),
    ])
    func problems(limit: RateLimit, key: String) {
        #expect(limit.problems().contains { $0.hasPrefix(key) })
    }

    @Test("the largest limits that are allowed do not overflow", arguments: kinds)
    func largest(kind: RateLimit.Kind) {
        let count = kind == .slidingLog ? RateLimit.logMax : 1_000_000
        let limits = [
            RateLimit(kind, count, per: .seconds(86_400), burst: 1_000_000, queue: 100_000),
            RateLimit(kind, 1, per: .seconds(86_400), burst: 36_500, queue: 30_000),
        ]
        for limit in limits {
            #expect(limit.problems() == [])
            var limiter = RateLimiter()
            for now in [0, 1, 86_399, 86_401, 200_000, 10_000_000] {
                for count in [1, 100, 1_000_000, .max / 2] {
                    _ = limiter.take(count, limit: limit, now: .seconds(now))
                }
            }
        }
    }
}
