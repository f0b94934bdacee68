internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Levers for operators") struct LeverTests {
    private static func policy(_ concurrency: Int, queue: Int = 10, pool: String? = nil) -> CallPolicy {
        CallPolicy(
            name: "test",
            retry: RetryPolicy(attemptsMax: 3, backoff: .fixed(.milliseconds(1), jitter: .none)), breaker: nil,
            bulkhead: BulkheadPolicy(pool: pool, concurrencyMax: concurrency, queueMax: queue))
    }

    @Test("a budget that is held lets nothing be made again, also by another policy, until it is let go")
    func budget() throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: Self.policy(1), world: world)
            let made = Record<Int>()
            let call: @Sendable () async -> Void = {
                await #expect(throws: ServiceError.self) {
                    try await subject.runCooperative(.test(world)) { _ in
                        made.add(0)
                        throw ServiceError.of(.unavailable)
                    }
                }
            }
            await call()
            #expect(made.entries.count == 3)
            subject.holdBudget(true)
            await call()
            #expect(made.entries.count == 4 && subject.snapshot().isBudgetHeld)
            var other = Self.policy(1)
            other.retry?.budget.share = 0.5
            subject.adopt(other)
            await call()
            #expect(made.entries.count == 5)
            subject.holdBudget(false)
            await call()
            #expect(made.entries.count == 8 && !subject.snapshot().isBudgetHeld)
        }
    }

    @Test("a pool that is held has its bounds for all who share it, whatever a new policy says; who waits stays")
    func pool() throws {
        try ManualRun.of { world in
            let registry = PolicyRegistry(
                world: world, book: PolicyBook(standard: Self.policy(2, pool: "shared")))
            let (first, second) = (registry.callGuard(for: "a → b"), registry.callGuard(for: "a → c"))
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for target in [first, second, first] {
                    group.addTask { try await target.runCooperative(.test(world)) { _ in for await _ in gate {} } }
                }
                try await world.time.sleep(for: .milliseconds(5))
                #expect(first.snapshot().bulkhead?.running == 2 && first.snapshot().bulkhead?.waiting == 1)
                #expect(first.forceRoom(BulkheadForce(concurrencyMax: 1, queueMax: 0)))
                let held = second.snapshot().bulkhead
                #expect(held?.running == 2 && held?.waiting == 1, "nobody is sent away")
                #expect(held?.isForced == true && held?.policy.concurrencyMax == 1)
                let full = await #expect(throws: ServiceError.self) {
                    try await second.runCooperative(.test(world)) { _ in }
                }
                #expect(full?.slug == "bulkhead-full")
                #expect(registry.adopt(PolicyBook(standard: Self.policy(5, pool: "shared"))).isEmpty)
                #expect(second.snapshot().bulkhead?.policy.concurrencyMax == 1)
                #expect(first.forceRoom(nil))
                try await world.time.sleep(for: .milliseconds(5))
                #expect(second.snapshot().bulkhead?.running == 3, "the new policy has room for who waited")
                #expect(second.snapshot().bulkhead?.isForced == false)
                open.finish()
                try await group.waitForAll()
            }
            var bare = Self.policy(1)
            bare.bulkhead = nil
            #expect(!CallGuard(target: "x → y", policy: bare, world: world).forceRoom(nil), "it has none")
            #expect(registry.known("a → b") === first && registry.known("a → z") == nil)
        }
    }

    @Test("shedders go by a book, go on with what they measured, and an operator's limit outlives a change of it")
    func shedders() throws {
        let time = ManualTime()
        let shedders = LoadShedders(time: time)
        let own = AdaptiveLimit(limitMin: 1, limitMax: 10, limitStart: 5)
        let early = shedders.shedder(for: "early", name: "own", policy: own)
        let permit = try early.admit(.critical)
        let wide = AdaptiveLimit(limitMin: 20, limitMax: 100, limitStart: 50)
        shedders.adopt(["early": .init(name: "wide", limit: wide), "*": .init(name: "all", limit: .door)])
        #expect(early.snapshot().name == "wide" && early.snapshot().policy == wide)
        #expect(early.snapshot().inFlight == 1 && early.snapshot().limit == 20, "it grows from where it is")
        #expect(shedders.shedder(for: "late", name: "own", policy: own).snapshot().name == "all")
        early.force(3)
        shedders.adopt([:])
        #expect(early.snapshot().name == "own" && early.snapshot().limit == 3)
        early.force(LoadShedder.unlimited)
        #expect(early.snapshot().isOff)
        for _ in 0..<5_000 { _ = try early.admit(.background) }
        early.force(nil)
        #expect(!early.snapshot().isForced && early.snapshot().policy == own)
        early.finish(permit, .success)
        #expect(early.snapshot().inFlight == 5_000)
    }
}
