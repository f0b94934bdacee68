internal import FlotillaCore
internal import FlotillaResilience
internal import Testing

@Suite("Call guard") struct CallGuardTests {
    private static func policy(
        timeout: Duration = .seconds(5), attempts: Int = 3, breaker: BreakerPolicy? = nil,
        bulkhead: BulkheadPolicy? = nil
    ) -> CallPolicy {
        CallPolicy(
            name: "test", timeout: timeout,
            retry: RetryPolicy(attemptsMax: attempts, backoff: Backoff(jitter: .none)), breaker: breaker,
            bulkhead: bulkhead)
    }

    @Test("a call that succeeds at once is made once and reports nothing")
    func happy() throws {
        try ManualRun.of { world in
            let events = Record<String>()
            let subject = CallGuard(target: "a → b", policy: .standard, world: world) { events.add("\($0.kind)") }
            let answer = try await subject.run(.test(world)) { _ in 42 }
            #expect(answer == 42)
            let shot = subject.snapshot()
            #expect(shot.calls == 1 && shot.attempts == 1 && shot.failures == 0)
            #expect(shot.bulkhead?.running == 0)
            #expect(events.entries.isEmpty)
            #expect(world.time.uptime == .zero)
        }
    }

    @Test("waits of 500 and 1000 ms lie between three attempts, and each is reported with its context")
    func waits() throws {
        try ManualRun.of { world in
            let events = Record<GuardEvent>()
            let subject = CallGuard(target: "a → b", policy: Self.policy(), world: world) { events.add($0) }
            let at = Record<Int64>()
            let context = CallContext.test(world)
            await #expect(throws: ServiceError.self) {
                try await subject.run(context) { _ in
                    at.add(world.time.uptime.milliseconds)
                    throw ServiceError.of(.unavailable)
                }
            }
            #expect(at.entries == [0, 500, 1500])
            #expect(
                events.entries.map(\.kind) == [
                    .retrying(attempt: 1, slug: "made-unavailable", wait: .milliseconds(500)),
                    .retrying(attempt: 2, slug: "made-unavailable", wait: .milliseconds(1000)),
                    .failed(
                        attempt: 3, slug: "made-unavailable", outcome: .failure, because: .attemptsUsed),
                ])
            #expect(events.entries.allSatisfy { $0.context?.trace == context.trace && $0.target == "a → b" })
            #expect(events.entries.allSatisfy { $0.policy == "test" })
        }
    }

    @Test("a callee that recovers is heard on the second attempt")
    func recovers() throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: Self.policy(), world: world)
            let made = Record<Bool>()
            let answer = try await subject.run(.test(world)) { _ in
                made.add(true)
                if made.entries.count == 1 { throw ServiceError.unavailable("b", retryAfter: .seconds(3)) }
                return "here"
            }
            #expect(answer == "here")
            #expect(world.time.uptime == .seconds(3), "as long as the callee asked for")
        }
    }

    @Test("a hanging callee is given up on after each timeout, and at the deadline at last")
    func hanging() throws {
        try ManualRun.of { world in
            let subject = CallGuard(target: "orders → payments", policy: Self.policy(), world: world)
            let spans = Record<String>()
            let error = await #expect(throws: ServiceError.self) {
                try await subject.run(.test(world, within: .seconds(8))) { context in
                    let started = world.time.uptime.milliseconds
                    spans.add("\(started)–\(context.deadline.uptime.milliseconds)")
                    try await world.time.sleep(for: .seconds(3600))
                }
            }
            #expect(spans.entries == ["0–5000", "5500–8000"], "the second attempt ends with the call's deadline")
            #expect(world.time.uptime == .seconds(8))
            #expect(error?.kind == .timeout)
            #expect(error?.detail.contains("orders → payments is temporarily unavailable") == true)
            #expect(subject.snapshot().timeouts == 2)
        }
    }

    @Test("a call whose deadline is over is not made")
    func overAlready() throws {
        try ManualRun.of { world in
            let events = Record<GuardEvent.Kind>()
            let subject = CallGuard(target: "a → b", policy: .standard, world: world) { events.add($0.kind) }
            let context = CallContext.test(world, within: .milliseconds(10))
            try await world.time.sleep(for: .milliseconds(10))
            let made = Record<Bool>()
            let error = await #expect(throws: ServiceError.self) {
                try await subject.run(context) { _ in made.add(true) }
            }
            #expect(error?.kind == .timeout)
            #expect(made.entries.isEmpty)
            #expect(events.entries == [.refused(.deadline)])
        }
    }

    @Test("an open breaker refuses without a call; a half-open one makes one attempt, not three")
    func breaker() throws {
        try ManualRun.of { world in
            let events = Record<GuardEvent.Kind>()
            let subject = CallGuard(
                target: "a → b", policy: Self.policy(breaker: BreakerPolicy(trip: .consecutive(failures: 3))),
                world: world
            ) { events.add($0.kind) }
            let made = Record<Bool>()
            let call: @Sendable () async -> String? = {
                let error = await #expect(throws: ServiceError.self) {
                    try await subject.run(.test(world)) { _ in
                        made.add(true)
                        throw ServiceError.of(.unavailable)
                    }
                }
                return error?.slug
            }
            #expect(await call() == "made-unavailable")
            #expect(made.entries.count == 3)
            #expect(await call() == "circuit-open")
            #expect(made.entries.count == 3)
            try await world.time.sleep(for: .seconds(60))
            #expect(await call() == "made-unavailable", "what the trial threw, not the refusal after it")
            #expect(made.entries.count == 4)
            #expect(events.entries.contains(.breakerChanged(from: .closed, to: .open)))
            #expect(events.entries.contains(.breakerChanged(from: .halfOpen, to: .open)))
            #expect(events.entries.filter { $0 == .refused(.breaker) }.count == 2)
            subject.force(.closed)
            try await subject.run(.test(world)) { _ in }
            #expect(subject.snapshot().breaker?.isForced == true)
        }
    }

    @Test("a full bulkhead refuses, and neither breaker nor retry take that for a failure of the callee")
    func bulkhead() throws {
        try ManualRun.of { world in
            let subject = CallGuard(
                target: "a → b",
                policy: Self.policy(
                    breaker: BreakerPolicy(trip: .consecutive(failures: 1)),
                    bulkhead: BulkheadPolicy(concurrencyMax: 1, queueMax: 0)),
                world: world)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await subject.run(.test(world)) { _ in try await world.time.sleep(for: .seconds(2)) }
                }
                try await world.time.sleep(for: .seconds(1))
                let error = await #expect(throws: ServiceError.self) { try await subject.run(.test(world)) { _ in } }
                #expect(error?.slug == "bulkhead-full")
                #expect(world.time.uptime == .seconds(1), "no retry, no wait")
                try await group.waitForAll()
            }
            let shot = subject.snapshot()
            #expect(shot.calls == 2 && shot.attempts == 1 && shot.failures == 0)
            #expect(shot.breaker?.state == .closed)
            #expect(shot.bulkhead?.refusals == 1)
            try await subject.run(.test(world)) { _ in }
        }
    }

    @Test("a cancelled caller is let go at once, in an attempt or between two; nothing is counted", arguments: [
        Duration.milliseconds(200), .milliseconds(700),
    ])
    func cancelled(after: Duration) throws {
        try ManualRun.of { world in
            let subject = CallGuard(
                target: "a → b", policy: Self.policy(breaker: BreakerPolicy(trip: .consecutive(failures: 2))),
                world: world)
            let thrown = Record<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    do {
                        try await subject.run(.test(world)) { _ in
                            try await world.time.sleep(for: .milliseconds(400))
                            throw ServiceError.of(.unavailable)
                        }
                    } catch { thrown.add(error is CancellationError ? "cancelled" : "\(error)") }
                }
                try await world.time.sleep(for: after)
                group.cancelAll()
            }
            #expect(thrown.entries == ["cancelled"])
            #expect(world.time.uptime == after)
            let failed = after > .milliseconds(400) ? 1 : 0
            #expect(subject.snapshot().failures == failed)
            #expect(subject.snapshot().breaker?.consecutiveFailures == failed)
        }
    }

    @Test(
        "a fallback answers for a callee that cannot, never for a caller that asks wrongly",
        arguments: ErrorKind.allCases)
    func fallback(kind: ErrorKind) throws {
        let answers: Set<ErrorKind> = [.unavailable, .timeout, .internal]
        try ManualRun.of { world in
            let subject = CallGuard(target: "a → b", policy: Self.policy(attempts: 1), world: world)
            let attempt: @Sendable () async throws -> String = {
                try await subject.run(.test(world)) { _ in throw ServiceError.of(kind) } fallback: { _ in "last known" }
            }
            if answers.contains(kind) {
                let answer = try await attempt()
                #expect(answer == "last known")
            } else {
                let error = await #expect(throws: ServiceError.self) { try await attempt() }
                #expect(error?.kind == kind)
            }
        }
    }

    @Test("retries of all callers together stay within a fifth of the calls when everything fails")
    func storm() throws {
        try ManualRun.of { world in
            let retry = RetryPolicy(
                backoff: .fixed(.milliseconds(1), jitter: .none),
                budget: .init(share: 0.2, minimumPerSecond: 0, savedMax: 1000))
            let subject = CallGuard(
                target: "a → b", policy: CallPolicy(name: "storm", retry: retry, breaker: nil, bulkhead: nil),
                world: world)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<1000 {
                    group.addTask {
                        await #expect(throws: ServiceError.self) {
                            try await subject.run(.test(world)) { _ in throw ServiceError.of(.unavailable) }
                        }
                    }
                }
            }
            #expect(subject.snapshot().attempts == 1000 + 201)
        }
    }
}
