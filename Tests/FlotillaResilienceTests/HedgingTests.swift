internal import FlotillaCore
@testable internal import FlotillaResilience
internal import Testing

@Suite("Hedging, as a value") struct HedgeMachineTests {
    @Test("after any steps: no more extra attempts than allowed, one decision, and only by an attempt that ends")
    func random() {
        for seed in 0..<200 {
            let random = SeededRandom(seed: UInt64(seed))
            let extraMax = random.int(in: 1...5)
            var machine = HedgeMachine(extraMax: extraMax)
            var decisions: [HedgeMachine.Decision] = []
            var running = 1
            while running > 0 {
                if random.int(in: 0...1) == 0 {
                    let before = machine.extra
                    if machine.afterDelay() == .begin {
                        #expect(before < extraMax && decisions.isEmpty)
                        // Sometimes the budget says no.
                        if random.int(in: 0...3) > 0 {
                            machine.begun()
                            running += 1
                        }
                    }
                } else {
                    let isSuccess = random.int(in: 0...4) == 0
                    running -= 1
                    let decision = machine.ended(isSuccess: isSuccess)
                    if decision != .wait { decisions.append(decision) }
                    if decision == .answer { #expect(isSuccess) }
                    if decision == .fail { #expect(!isSuccess && running == 0) }
                }
                #expect(machine.running == running && machine.extra <= extraMax)
            }
            #expect(decisions.count == 1, "seed \(seed)")
        }
    }

    @Test("an observed time lies in a class that ends at most a quarter later, and classes ascend")
    func classes() {
        for microseconds in [0, 1, 63, 64, 65, 79, 80, 127, 128, 1000, 5000, 123_456, 60_000_000, 800_000_000] {
            let place = LatencySketch.place(of: .microseconds(microseconds))
            let end = LatencySketch.end(of: place)
            #expect(end > .microseconds(microseconds), "\(microseconds)")
            if microseconds >= 64 { #expect(end <= .microseconds(Double(microseconds) * 1.251)) }
        }
        for place in 1..<96 { #expect(LatencySketch.end(of: place) > LatencySketch.end(of: place - 1)) }
        #expect(LatencySketch.place(of: .seconds(1_000_000)) == 95)
    }

    @Test("the quantile is that of the recent attempts; too few say nothing")
    func quantile() {
        var sketch = LatencySketch()
        for _ in 0..<19 { sketch.add(.milliseconds(10)) }
        #expect(sketch.quantile(0.95) == nil)
        for _ in 0..<76 { sketch.add(.milliseconds(10)) }
        for _ in 0..<5 { sketch.add(.seconds(1)) }
        let common = sketch.quantile(0.95) ?? .zero
        #expect((.milliseconds(10) ... .milliseconds(13)).contains(common))
        #expect((sketch.quantile(0.99) ?? .zero) >= .seconds(1))
        for _ in 0..<20_000 { sketch.add(.milliseconds(100)) }
        #expect(sketch.samples <= 1000, "what is long ago weighs less and less")
        #expect((sketch.quantile(0.5) ?? .zero) >= .milliseconds(100))
    }
}

@Suite("Hedging, in use") struct HedgingTests {
    private static func policy(
        _ hedge: HedgePolicy = HedgePolicy(delay: .fixed(.milliseconds(50))), attempts: Int = 1, saved: Int = 10
    ) -> CallPolicy {
        CallPolicy(
            name: "hedged", timeout: .seconds(2),
            retry: RetryPolicy(
                attemptsMax: attempts, backoff: .fixed(.milliseconds(100), jitter: .none),
                budget: RetryBudget.Policy(share: 0.001, minimumPerSecond: saved, savedMax: 100)),
            hedge: hedge)
    }

    /// A callee whose attempts take so long each, in the order in which they begin; negative: fails after that.
    private final class Callee: Sendable {
        let times: [Int]
        let begun = Record<Int64>()
        let ended = Record<String>()
        init(_ times: [Int]) { self.times = times }

        func answer(_ world: World) async throws -> Int {
            let number = begun.entries.count
            begun.add(world.time.uptime.milliseconds)
            let time = times[min(number, times.count - 1)]
            do {
                try await world.time.sleep(for: .milliseconds(abs(time)))
            } catch {
                ended.add("\(number) cancelled at \(world.time.uptime.milliseconds)")
                throw error
            }
            ended.add("\(number) ended at \(world.time.uptime.milliseconds)")
            if time < 0 { throw ServiceError.of(.unavailable) }
            return number
        }
    }

    @Test("the first success is the answer, the loser is cancelled, and both are counted")
    func wins() throws {
        try ManualRun.of { world in
            let events = Record<GuardEvent.Kind>()
            let subject = CallGuard(target: "a → b", policy: Self.policy(), world: world) { events.add($0.kind) }
            let callee = Callee([1000, 20])
            let answer = try await subject.run(.test(world)) { _ in try await callee.answer(world) }
            #expect(answer == 1)
            #expect(world.time.uptime == .milliseconds(70))
            #expect(callee.ended.entries == ["1 ended at 70", "0 cancelled at 70"])
            #expect(events.entries == [.hedged(attempt: 2, after: .milliseconds(50))])
            let shot = subject.snapshot()
            #expect(shot.calls == 1 && shot.attempts == 2 && shot.hedges == 1 && shot.failures == 0)
            #expect(shot.ends.success == 1 && shot.bulkhead?.running == 0)
            #expect(shot.retriesSaved == 9, "it was paid from the budget")
        }
    }

    @Test("a quick answer needs no second attempt, and no timer stays behind")
    func quick() throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: Self.policy(), world: world)
            let callee = Callee([20])
            _ = try await subject.run(.test(world)) { _ in try await callee.answer(world) }
            #expect(world.time.uptime == .milliseconds(20))
            #expect(subject.snapshot().attempts == 1)
            #expect((world.time as? ManualTime)?.sleeperCount == 0)
        }
    }

    @Test("up to so many extra attempts, each after the delay", arguments: [1, 2, 3])
    func extra(extraMax: Int) throws {
        try ManualRun.of { world in
            let hedge = HedgePolicy(delay: .fixed(.milliseconds(50)), extraMax: extraMax)
            let subject = CallGuard(target: "a → b", policy: Self.policy(hedge), world: world)
            let callee = Callee([1000])
            _ = try await subject.run(.test(world)) { _ in try await callee.answer(world) }
            #expect(callee.begun.entries == (0...extraMax).map { Int64($0 * 50) })
        }
    }

    @Test("an attempt that fails waits for the others; when all have failed the retry decides; breaker counts each")
    func failing() throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: Self.policy(attempts: 2), world: world)
            let callee = Callee([-60, -60, 10])
            let answer = try await subject.run(.test(world)) { _ in try await callee.answer(world) }
            #expect(answer == 2)
            #expect(callee.begun.entries == [0, 50, 210])
            let shot = subject.snapshot()
            #expect(shot.attempts == 3 && shot.failures == 2 && shot.ends.success == 1)
        }
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: Self.policy(), world: world)
            let callee = Callee([-60, -60])
            await #expect(throws: ServiceError.self) {
                try await subject.run(.test(world)) { _ in try await callee.answer(world) }
            }
            #expect(subject.snapshot().breaker?.consecutiveFailures == 2)
            #expect(subject.snapshot().ends.failure == 1 && subject.snapshot().bulkhead?.running == 0)
        }
    }

    @Test("a callee that hangs is given up on when the first attempt's time is over, and blamed for it")
    func hanging() throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: Self.policy(), world: world)
            let error = await #expect(throws: ServiceError.self) {
                try await subject.run(.test(world)) { _ in try await world.time.sleep(for: .seconds(3600)) }
            }
            #expect(error?.kind == .timeout && world.time.uptime == .seconds(2))
            #expect(subject.snapshot().timeouts == 2)
        }
    }

    @Test("no hedge for what must not be made twice, without budget, or against an open breaker")
    func not() throws {
        try ManualRun.of { world in
            let callee = Callee([200])
            let once = CallGuard(target: "a → b", policy: Self.policy(), world: world)
            _ = try await once.run(.test(world), isIdempotent: false) { _ in try await callee.answer(world) }
            #expect(once.snapshot().attempts == 1)
            let poor = CallGuard(target: "a → b", policy: Self.policy(saved: 1), world: world)
            for _ in 0..<3 { _ = try await poor.run(.test(world)) { _ in try await callee.answer(world) } }
            #expect(poor.snapshot().attempts == 4, "one was saved up")
        }
    }

    @Test("when everything is slow, hedging stays within the budget")
    func storm() throws {
        try ManualRun.of { world in
            var policy = Self.policy()
            policy.bulkhead = nil
            policy.retry?.budget = RetryBudget.Policy(share: 0.2, minimumPerSecond: 0, savedMax: 1000)
            let subject = CallGuard(target: "a → b", policy: policy, world: world)
            let callee = Callee([500])
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<500 {
                    group.addTask {
                        await #expect(throws: Never.self) {
                            try await subject.run(.test(world)) { _ in try await callee.answer(world) }
                        }
                    }
                }
            }
            #expect(subject.snapshot().attempts == 500 + 101)
            #expect(subject.snapshot().hedges == 101)
        }
    }

    @Test("the observed delay follows what attempts take, those that were cut off included")
    func observed() throws {
        try ManualRun.of { world in
            let hedge = HedgePolicy(delay: .observed(share: 0.95, atLeast: .milliseconds(5), untilKnown: .seconds(1)))
            let subject = CallGuard(target: "a → b", policy: Self.policy(hedge), world: world)
            for _ in 0..<100 {
                try await subject.run(.test(world)) { _ in try await world.time.sleep(for: .milliseconds(20)) }
            }
            #expect(subject.snapshot().hedges == 0)
            let started = world.time.uptime
            let callee = Callee([1500, 10])
            _ = try await subject.run(.test(world)) { _ in try await callee.answer(world) }
            let took = world.time.uptime - started
            #expect((.milliseconds(30) ... .milliseconds(36)).contains(took), "\(took): 20 ms, rounded up, and 10")
            #expect(subject.snapshot().hedges == 1)
        }
    }

    @Test("when every first attempt becomes slow, the delay grows: those that were cut off are not forgotten")
    func becomesSlow() throws {
        try ManualRun.of { world in
            let hedge = HedgePolicy(delay: .observed(share: 0.75, atLeast: .milliseconds(5), untilKnown: .seconds(1)))
            let subject = CallGuard(target: "a → b", policy: Self.policy(hedge, saved: 100), world: world)
            let slow = Record<Bool>()
            var took: [Duration] = []
            for _ in 0..<300 {
                let started = world.time.uptime
                let isFirst = Record<Bool>()
                try await subject.run(.test(world)) { _ in
                    isFirst.add(true)
                    let wait = isFirst.entries.count > 1 || slow.entries.isEmpty ? 10 : 500
                    try await world.time.sleep(for: .milliseconds(wait))
                }
                took.append(world.time.uptime - started)
                if took.count == 100 { slow.add(true) }
            }
            #expect(took[50] == .milliseconds(10) && took[100] < .milliseconds(25))
            #expect(took[299] > took[100] + .milliseconds(5), "\(took[100]) → \(took[299])")
        }
    }

    @Test("a cancelled caller ends all attempts at once, and nobody is blamed")
    func cancelled() throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: Self.policy(), world: world)
            let callee = Callee([1000])
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await subject.run(.test(world)) { _ in try await callee.answer(world) }
                    }
                }
                await #expect(throws: Never.self) { try await world.time.sleep(for: .milliseconds(100)) }
                group.cancelAll()
            }
            #expect(world.time.uptime == .milliseconds(100))
            #expect(Set(callee.ended.entries) == ["0 cancelled at 100", "1 cancelled at 100"])
            let shot = subject.snapshot()
            #expect(shot.ends.abandoned == 1 && shot.failures == 0 && shot.bulkhead?.running == 0)
        }
    }

    @Test("values out of bounds are named, and hedging needs a budget", arguments: [
        (CallPolicy(name: "", hedge: HedgePolicy(delay: .fixed(.zero))), "hedge.delay"),
        (CallPolicy(name: "", hedge: HedgePolicy(delay: .observed(share: 1))), "hedge.share"),
        (CallPolicy(name: "", hedge: HedgePolicy(delay: .observed(atLeast: .zero))), "hedge.atLeast"),
        (CallPolicy(name: "", hedge: HedgePolicy(delay: .observed(untilKnown: .zero))), "hedge.untilKnown"),
        (CallPolicy(name: "", hedge: HedgePolicy(extraMax: 0)), "hedge.extraMax"),
        (CallPolicy(name: "", retry: nil, hedge: HedgePolicy()), "hedge"),
    ])
    func problems(policy: CallPolicy, key: String) {
        #expect(policy.problems().contains { $0.hasPrefix(key) && $0.contains("allowed") })
    }
}
