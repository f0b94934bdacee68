internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Limits of calls") struct LimitedCallTests {
    private static func policy(_ limit: RateLimit?, retry: RetryPolicy? = nil) -> CallPolicy {
        CallPolicy(name: "limited", timeout: .seconds(1), retry: retry, breaker: nil, bulkhead: nil, limit: limit)
    }

    private static let second = Duration.seconds(1)

    /// How many of ten attempts at once pass at each of these moments.
    private static let rows: [(limit: RateLimit, passed: [Int])] = [
        (RateLimit(4, per: second), [4, 2, 2, 4]),
        (RateLimit(4, per: second, by: .fixedWindow), [4, 0, 4, 4]),
        (RateLimit(4, per: second, by: .slidingLog), [4, 0, 4, 4]),
        // The window before counts by the half of it that is not over, at 1 s by all of it.
        (RateLimit(4, per: second, by: .slidingCounter), [4, 0, 0, 4]),
        // One that must not wait passes when it is its turn.
        (RateLimit(4, per: second, by: .leakyBucket(queue: 3)), [1, 1, 1, 1]),
    ]

    @Test("every algorithm limits attempts that must not wait, at 0, 0.5, 1 and 4 s", arguments: rows)
    func atOnce(limit: RateLimit, passed: [Int]) {
        let time = ManualTime()
        let world = World.manual(time)
        let subject = CallGuard(target: "a → b", policy: Self.policy(limit), world: world)
        var seen: [Int] = []
        for pause in [Duration.zero, .milliseconds(500), .milliseconds(500), .seconds(3)] {
            time.advance(by: pause)
            seen.append(
                (0..<10).count { _ in
                    let deadline = Deadline(in: .seconds(5), on: world.time)
                    let now = world.time.uptime
                    guard let permit = try? subject.admit(before: deadline, now: now) else { return false }
                    subject.record(permit, .success, now: now)
                    return true
                })
        }
        #expect(seen == passed)
        let shot = subject.snapshot()
        #expect(shot.attempts == passed.reduce(0, +) && shot.ends.refused == 40 - shot.attempts)
        #expect(shot.limitRemaining != nil)
    }

    @Test("what is over a limit is refused with the time after which to come back", arguments: [
        RateLimit(1, per: .seconds(10), by: .fixedWindow), RateLimit(1, per: .seconds(10), by: .slidingLog),
    ])
    func refusal(limit: RateLimit) throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: Self.policy(limit), world: world)
            try await subject.run(.test(world)) { _ in }
            try await world.time.sleep(for: .seconds(4))
            let error = await #expect(throws: ServiceError.self) { try await subject.run(.test(world)) { _ in } }
            #expect(error?.slug == "limit-reached" && error?.retryAfter == .seconds(6))
            #expect(subject.snapshot().limitRemaining == 0)
        }
    }

    @Test("with a leaky bucket attempts begin at an even rate; a turn that comes too late is not taken")
    func turns() throws {
        try ManualRun.of { world in
            let limit = RateLimit(10, per: .seconds(1), by: .leakyBucket(queue: 3))
            let subject = CallGuard(target: "a → b", policy: Self.policy(limit), world: world)
            let begun = Record<Int64>()
            let refused = Record<String>()
            await withDiscardingTaskGroup { group in
                for number in 0..<6 {
                    // The third has no time to wait for its turn, which goes to the fourth.
                    let context = CallContext.test(world, within: number == 2 ? .milliseconds(150) : .seconds(10))
                    group.addTask {
                        do {
                            try await subject.run(context) { context in
                                begun.add(world.time.uptime.milliseconds)
                                #expect(context.deadline.remaining(on: world.time) == .seconds(1), "its own, whole")
                            }
                        } catch {
                            refused.add((error as? ServiceError)?.slug ?? "\(error)")
                        }
                    }
                }
            }
            #expect(begun.entries == [0, 100, 200, 300])
            #expect(refused.entries == ["limit-reached", "limit-reached"])
            #expect(subject.snapshot().ends.success == 4 && subject.snapshot().ends.refused == 2)
        }
    }

    @Test("a repeated attempt waits its turn, too; who gives up waiting has not called, and its room is free")
    func repeated() throws {
        try ManualRun.of { world in
            let limit = RateLimit(1, per: .seconds(1), by: .leakyBucket(queue: 5))
            var policy = Self.policy(
                limit, retry: RetryPolicy(attemptsMax: 2, backoff: .fixed(.milliseconds(1), jitter: .none)))
            policy.bulkhead = BulkheadPolicy(concurrencyMax: 5)
            let subject = CallGuard(target: "a → b", policy: policy, world: world)
            let begun = Record<Int64>()
            await #expect(throws: ServiceError.self) {
                try await subject.runCooperative(.test(world)) { _ in
                    begun.add(world.time.uptime.milliseconds)
                    throw ServiceError.of(.unavailable)
                }
            }
            #expect(begun.entries == [0, 1_000])
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await subject.runCooperative(.test(world)) { _ in begun.add(-1) }
                    }
                }
                try? await world.time.sleep(for: .milliseconds(10))
                #expect(subject.snapshot().bulkhead?.running == 1, "it waits inside")
                group.cancelAll()
            }
            #expect(begun.entries.count == 2)
            #expect(subject.snapshot().bulkhead?.running == 0 && subject.snapshot().ends.abandoned == 1)
        }
    }

    @Test("a changed limit goes on with what it has counted; another algorithm begins anew")
    func adopting() throws {
        let time = ManualTime()
        let world = World.manual(time)
        let subject = CallGuard(
            target: "a → b", policy: Self.policy(RateLimit(4, per: .seconds(10), by: .slidingLog)), world: world)
        func passed() -> Int {
            (0..<20).count { _ in
                (try? subject.admit(before: Deadline(in: .seconds(5), on: world.time), now: world.time.uptime)) != nil
            }
        }
        #expect(passed() == 4)
        subject.adopt(Self.policy(RateLimit(6, per: .seconds(10), by: .slidingLog)))
        #expect(passed() == 2)
        subject.adopt(Self.policy(RateLimit(3, per: .seconds(10))))
        #expect(passed() == 3)
        subject.adopt(Self.policy(RateLimit(5, per: .seconds(10), by: .fixedWindow)))
        #expect(passed() == 5)
        subject.adopt(Self.policy(nil))
        #expect(passed() == 20)
    }
}
