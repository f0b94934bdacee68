internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Calls that end in time by themselves") struct CooperativeTests {
    @Test("the body gets the deadline of the attempt; no task, no alarm")
    func deadline() throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: .standard, world: world)
            let seen = try await subject.runCooperative(.test(world, within: .seconds(60))) { context in
                #expect((world.time as? ManualTime)?.sleeperCount == 0)
                return context.deadline.uptime
            }
            #expect(seen == .seconds(5))
            let short = try await subject.runCooperative(.test(world, within: .seconds(2))) { $0.deadline.uptime }
            #expect(short == .seconds(2))
            #expect(subject.snapshot().ends.success == 2 && subject.snapshot().bulkhead?.running == 0)
        }
    }

    @Test("kinds, attempts and counts are those of the enforcing form", arguments: GuardCase.all)
    func outcome(_ row: GuardCase) throws {
        guard row.setting != .broke else { return }
        try ManualRun.of { world in
            let subject = CallGuard(target: "orders → catalog", policy: row.policy, world: world)
            var made = 0
            let context = CallContext.test(
                world, within: row.setting == .hurried ? .milliseconds(1200) : .seconds(60))
            let error = await #expect(throws: ServiceError.self) {
                try await subject.runCooperative(context, isIdempotent: row.setting != .once) { _ in
                    made += 1
                    throw ServiceError.of(row.kind)
                }
            }
            #expect(error?.slug == "made-\(row.kind.rawValue)")
            #expect(made == row.attempts && subject.snapshot().attempts == row.attempts)
            #expect((subject.snapshot().breaker?.consecutiveFailures ?? 0) == row.counted)
            #expect(subject.snapshot().bulkhead?.running == 0)
        }
    }

    @Test("a call, or a further attempt, that could not end in time is not begun")
    func minimumTime() throws {
        try ManualRun.of { world in
            let events = Record<GuardEvent.Kind>()
            let policy = CallPolicy(
                name: "test", retry: RetryPolicy(backoff: .fixed(.milliseconds(100), jitter: .none)),
                minimumTime: .milliseconds(200))
            let subject = CallGuard(target: "a → b", policy: policy, world: world) { events.add($0.kind) }
            let made = Record<Int64>()
            let call: @Sendable (Duration) async -> ServiceError? = { time in
                await #expect(throws: ServiceError.self) {
                    try await subject.runCooperative(.test(world, within: time)) { _ in
                        made.add(world.time.uptime.milliseconds)
                        throw ServiceError.of(.unavailable)
                    }
                }
            }
            #expect(await call(.milliseconds(200))?.kind == .timeout)
            #expect(made.entries.isEmpty && events.entries == [.refused(.deadline)])
            #expect(await call(.milliseconds(301))?.slug == "made-unavailable")
            #expect(made.entries == [0, 100], "200 ms are left for the second, too little for a third")
            #expect(world.time.uptime == .milliseconds(100), "nor is it waited for")
            #expect(subject.snapshot().ends.refused == 1)
        }
    }

    @Test("attempts over the limit are refused with the policy's name, and no failure of the callee")
    func limit() throws {
        try ManualRun.of { world in
            let events = Record<GuardEvent.Kind>()
            let policy = CallPolicy(
                name: "provider", retry: nil, breaker: BreakerPolicy(trip: .consecutive(failures: 1)),
                limit: RateLimit(10, per: .seconds(1), burst: 2))
            let subject = CallGuard(target: "a → b", policy: policy, world: world) { events.add($0.kind) }
            for _ in 0..<2 { try await subject.runCooperative(.test(world)) { _ in } }
            let error = await #expect(throws: ServiceError.self) {
                try await subject.runCooperative(.test(world)) { _ in }
            }
            #expect(error?.kind == .unavailable && error?.slug == "limit-reached")
            #expect(error?.retryAfter == .milliseconds(100))
            #expect(error?.detail.contains("'provider'") == true)
            #expect(events.entries == [.refused(.limiter)])
            #expect(subject.snapshot().breaker?.state == .closed && subject.snapshot().ends.refused == 1)
            try await world.time.sleep(for: .milliseconds(100))
            try await subject.runCooperative(.test(world)) { _ in }
            #expect(subject.snapshot().attempts == 3)
        }
    }

    @Test("a call that the breaker would refuse does not wait for room first")
    func noWaitForNothing() throws {
        try ManualRun.of { world in
            let policy = CallPolicy(
                name: "test", retry: nil, breaker: BreakerPolicy(trip: .consecutive(failures: 1)),
                bulkhead: BulkheadPolicy(concurrencyMax: 1, queueMax: 9, waitMax: .seconds(30)))
            let subject = CallGuard(target: "a → b", policy: policy, world: world)
            let permit = try subject.admit(before: Deadline(in: .seconds(60), on: world.time), now: world.time.uptime)
            subject.force(.open)
            let error = await #expect(throws: ServiceError.self) {
                try await subject.runCooperative(.test(world)) { _ in }
            }
            #expect(error?.slug == "circuit-open" && world.time.uptime == .zero)
            subject.record(permit, .success, now: world.time.uptime)
            #expect(subject.snapshot().bulkhead?.running == 0)
        }
    }
}
