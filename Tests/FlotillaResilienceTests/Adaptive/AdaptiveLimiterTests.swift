internal import FlotillaCore
@testable internal import FlotillaResilience
internal import Testing

@Suite("Adaptive limiter") struct AdaptiveLimiterTests {
    private static func fill(_ limiter: inout AdaptiveLimiter, _ priority: CallPriority, _ now: Duration) -> Int {
        var count = 0
        while case .admitted = limiter.admit(priority, now: now) { count += 1 }
        return count
    }

    @Test("lower priorities fill only a share, and what they leave is for the higher ones")
    func shares() {
        var limiter = AdaptiveLimiter(AdaptiveLimit(limitStart: 100))
        #expect(Self.fill(&limiter, .background, .zero) == 50)
        #expect(Self.fill(&limiter, .standard, .zero) == 30)
        #expect(Self.fill(&limiter, .critical, .zero) == 20)
        #expect(CallPriority.allCases.map { limiter.tally.shed[$0] } == [1, 1, 1])
        #expect(CallPriority.allCases.map { limiter.tally.admitted[$0] } == [20, 30, 50])
    }

    @Test("whenever a critical call is shed, all others are; one call is always let in", arguments: [1, 2, 3, 7, 64])
    func order(limit: Int) {
        for taken in 0...limit {
            var limiter = AdaptiveLimiter(AdaptiveLimit(limitMin: limit, limitMax: limit, limitStart: limit))
            for _ in 0..<taken { _ = limiter.admit(.critical, now: .zero) }
            let isIn = CallPriority.allCases.map { priority in
                var copy = limiter
                if case .admitted = copy.admit(priority, now: .zero) { return true }
                return false
            }
            #expect(isIn == isIn.sorted { $0 && !$1 })
            if taken == 0 { #expect(isIn == [true, true, true]) }
        }
    }

    @Test("whatever happens, the limit keeps its bounds and no more are under way than it says", arguments: 1...8)
    func bounds(seed: Int) {
        let random = SeededRandom(seed: UInt64(seed))
        let (least, most) = (random.int(in: 1...20), random.int(in: 20...200))
        let policy = AdaptiveLimit(
            limitMin: least, limitMax: most, limitStart: random.int(in: least...most),
            latencyFloor: .milliseconds(random.int(in: 0...5)), probeEvery: .seconds(random.int(in: 1...5)))
        var limiter = AdaptiveLimiter(policy, kinds: 3)
        var now = Duration.seconds(100)
        var permits: [AdaptiveLimiter.Permit] = []
        for _ in 0..<30_000 {
            switch random.int(in: 0...99) {
            case 0: now -= .milliseconds(random.int(in: 0...5_000))
            case 1: now += .seconds(random.int(in: 0...20))
            default: now += .microseconds(random.int(in: 0...20_000))
            }
            if random.int(in: 0...1) == 0, !permits.isEmpty {
                let permit = permits.remove(at: random.int(in: 0...(permits.count - 1)))
                limiter.finish(permit, CallOutcome.allCases[random.int(in: 0...3)], now: now)
            } else {
                let priority = CallPriority.allCases[random.int(in: 0...2)]
                let before = limiter.inFlight
                switch limiter.admit(priority, kind: random.int(in: 0...2), now: now) {
                case .admitted(let permit):
                    permits.append(permit)
                    #expect(before < Int(limiter.limit.rounded(.up)))
                case .shed: #expect(before > 0)
                }
            }
            #expect(limiter.limit >= Double(least) && limiter.limit <= Double(most))
            #expect(limiter.inFlight == permits.count)
        }
        for permit in permits { limiter.finish(permit, .success, now: now) }
        #expect(limiter.inFlight == 0)
    }

    @Test("a clock that stands still changes nothing, and one that was turned back does no harm")
    func clock() {
        var limiter = AdaptiveLimiter(.standard)
        for now in [Duration.seconds(50), .seconds(10)] {
            for _ in 0..<10_000 {
                guard case .admitted(let permit) = limiter.admit(.critical, now: now) else {
                    Issue.record("shed with nothing under way")
                    return
                }
                limiter.finish(permit, .success, now: now)
            }
            #expect(limiter.limit == 50)
        }
    }

    @Test("calls that take no time at all do not make the next one look slow")
    func noTime() {
        var run = QueueSimulation(.standard, seed: 1, .init(load: { _ in 500 }, service: { now, _ in
            now < 5 ? 0.000_001 : 0.001
        }))
        run.run(to: 20)
        #expect(run.limiter?.tally.falls == 0)
        #expect(run.figures(0, 20).shed == 0)
    }

    @Test("what is faster than the floor is never slow")
    func floor() {
        let policy = AdaptiveLimit(limitMin: 5, latencyFloor: .milliseconds(50))
        var run = QueueSimulation(policy, seed: 1, .init(load: { _ in 950 }, service: { now, _ in
            now < 5 ? 0.001 : 0.010
        }))
        run.run(to: 20)
        #expect(run.figures(0, 20).shed == 0)
    }

    @Test("an operator's limit holds whatever is measured, and gives way to the start")
    func forced() {
        var limiter = AdaptiveLimiter(.standard)
        limiter.force(3)
        #expect(Self.fill(&limiter, .critical, .zero) == 3)
        limiter.force(nil)
        #expect(Self.fill(&limiter, .critical, .zero) == 47)
        #expect(limiter.limit == 50)
    }

    @Test("another policy takes effect at once")
    func adopted() {
        var limiter = AdaptiveLimiter(.standard)
        limiter.adopt(AdaptiveLimit(limitMin: 2, limitMax: 8, limitStart: 4, standardShare: 0.5, backgroundShare: 0.25))
        #expect(Self.fill(&limiter, .background, .zero) == 2)
        #expect(Self.fill(&limiter, .standard, .zero) == 2)
        #expect(Self.fill(&limiter, .critical, .zero) == 4)
    }

    @Test("wrong policies are named", arguments: [
        (AdaptiveLimit(limitMin: 0), "adaptive.limitMin"), (.init(limitMax: 200_000), "adaptive.limitMax"),
        (.init(limitMin: 60), "adaptive.limitStart"), (.init(limitMin: 20, limitMax: 10), "adaptive.limitMin"),
        (.init(tolerance: 1), "adaptive.tolerance"), (.init(tolerance: .nan), "adaptive.tolerance"),
        (.init(latencyFloor: .seconds(61)), "adaptive.latencyFloor"), (.init(window: .zero), "adaptive.window"),
        (.init(probeEvery: .zero), "adaptive.probeEvery"), (.init(standardShare: 0), "adaptive.standardShare"),
        (.init(standardShare: 0.4), "adaptive.backgroundShare"), (.init(retryAfter: .zero), "adaptive.retryAfter"),
    ])
    func problems(policy: AdaptiveLimit, key: String) {
        #expect(policy.problems().contains { $0.hasPrefix(key) })
        #expect(AdaptiveLimit.standard.problems() == [] && AdaptiveLimit.door.problems() == [])
    }
}
